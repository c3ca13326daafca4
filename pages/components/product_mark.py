"""The product's name with its mark, a plumb line: white on the accent, and so readable on either theme."""

# The word follows the theme, which follows the system as this picture does.
_BADGE = """<rect width="28" height="28" rx="6" fill="#0B5FA5"/>
<g stroke="#FFFFFF" stroke-width="1.8" stroke-linecap="round"><path d="M8 5.5h12M14 5.5v9"/></g>
<path d="M14 24.5l-4.6-7.4a1.6 1.6 0 0 1 1.4-2.5h6.4a1.6 1.6 0 0 1 1.4 2.5z" fill="#FFFFFF"/>"""
ICON = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28" width="28" height="28">{_BADGE}</svg>'
LOGO = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 134 28" width="134" height="28">
<style>text {{ fill: #1B2430 }} @media (prefers-color-scheme: dark) {{ text {{ fill: #E8ECF1 }} }}</style>
{_BADGE}
<text x="38" y="20" font-family="system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif" font-size="17"
font-weight="600">Plumbline</text></svg>"""
