"""How pages look where Streamlit's own look is hard to read: captions, long lines, the focus, what is selected."""

from pages.components import in_full, plain

# Streamlit leaves a hand's width of nothing above every page.
# The toolbar of its tables and charts offers a download in which a name from an upload could become a formula.
# Its captions have six tenths of the text's colour and 14 px; here they have at least 4.5 to 1 in both themes.
# What gives a browser its id back has nothing to show: it takes no line, and no click meant for what it lies on.
# Columns stand below each other up to 768 px, not 640: a projector at 150 % has 683, too little for three of them.
# The words of buttons and of the choices in a row wrap where there is no room for them, and so do lines of code.
# Forty letters' heights are some 75 letters.
# The words of what is selected are the accent's, on the dark theme 3.4 to 1; its outline says that it is selected.
# So are the words of a button whose box is open.
# What cannot be undone is red in both themes: white on it is 5.5 to 1, it on the dark background 3.3.
STYLE = f"""<style>
[data-testid=stMainBlockContainer] {{ padding-top: 4rem; padding-bottom: 4rem }}
[data-testid=stElementToolbar] {{ display: none }}
.st-key-browser {{ position: absolute; width: 0; height: 0; overflow: hidden }}
button .stMarkdownEllipsis, button .stMarkdownEllipsis p {{ white-space: normal; overflow: visible }}
button:has(.stMarkdownEllipsis) {{ height: auto }}
[data-testid=stButtonGroup] > [role] {{ flex-wrap: wrap; row-gap: .25rem; overflow: visible }}
[data-testid=stCode] code {{ white-space: pre-wrap !important; overflow-wrap: anywhere }}
[data-testid=stCaptionContainer] {{ color: inherit; opacity: .85; font-size: .9375rem }}
[data-testid=stCaptionContainer] :is(p, li) {{ font-size: inherit; color: inherit }}
[data-testid=stMain] :is([data-testid=stMarkdownContainer] > :is(p, ul, ol), [data-testid=stText]) {{ max-width: 40em }}
[data-testid=stText] {{ white-space: pre-wrap }}
button[data-variant][data-selected=true], button[data-variant][data-selected=true] * {{ color: inherit !important }}
:is(a, button, input, textarea, summary, [role], [tabindex]):focus-visible {{
  outline: 3px solid light-dark(#0B5FA5, #8CC4F5) !important; outline-offset: 2px }}
[data-testid=stPopover] button[aria-expanded=true] :is(*, p) {{ color: inherit !important }}
[data-testid=stPopover] button[aria-expanded=true] {{ color: inherit !important }}
[class*=danger] button[kind=primary] {{ background-color: #C5362B; border-color: #C5362B; color: #FFF }}
:is(h1, h2, h3):focus-visible {{ outline-offset: -3px }}
@media (max-width: 48rem) {{ [data-testid=stColumn] {{ min-width: calc(100% - 1.5rem) }} }}
{plain.STYLE}{in_full.STYLE}
</style>"""
