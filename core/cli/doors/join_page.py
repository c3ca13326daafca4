"""The page before the door: one question, no script, nothing of the app."""

from __future__ import annotations

from html import escape

# The form goes to the address that was asked for, which is where a right code then leads.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plumbline</title>
<style>
:root { color-scheme: light dark; --page: #fff; --text: #1b2430; --box: #f3f6f9; --line: #8a97a6; --main: #0b5fa5;
  --wrong: #a4123f }
@media (prefers-color-scheme: dark) { :root { --page: #12161b; --text: #e8ecf1; --box: #1c2229; --line: #77828f;
  --main: #2a74b8; --wrong: #ff9db0 } }
body { margin: 0; padding: 4rem 1.5rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
main { max-width: 40rem; margin: 0 auto }
h1 { font-size: 2.25rem; margin: 0 0 1rem }
label { display: block; margin: 1.5rem 0 .25rem }
input { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: .5rem;
  padding: .5rem .75rem; width: 100%; box-sizing: border-box }
button { font: inherit; margin-top: 1rem; padding: .5rem 1rem; border: 0; border-radius: .5rem; color: #fff;
  background: var(--main); cursor: pointer }
input:focus-visible, button:focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
[role=alert] { color: var(--wrong) }
</style>
</head>
<body>
<main>
<h1>Plumbline</h1>
<p>This Plumbline is shared. Type the join code that stands in the window where it was started.</p>
<form method="post">
<label for="code">Join code</label>
<input id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" required
 autofocus>
<button>Join</button>
</form>
<!-- said -->
</main>
</body>
</html>
"""


def page(words: str = "") -> str:
    """The question, and what was wrong with the answer before."""
    return _PAGE.replace("<!-- said -->", f'<p role="alert">{escape(words)}</p>' if words else "")
