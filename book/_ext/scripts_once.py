"""Drop scripts that a page carries twice.

sphinx-thebe 0.3.1 under Sphinx 7.4 registers its ``const THEBE_JS_URL`` twice, which is a
SyntaxError in the browser's console on every page.
"""


def _drop_repeated_scripts(app, pagename, templatename, context, doctree):
    seen, kept = set(), []
    for script in context.get("script_files", []):
        body = (getattr(script, "attributes", None) or {}).get("body")
        key = ("body", body) if body else ("file", str(getattr(script, "filename", script)))
        if key not in seen:
            seen.add(key)
            kept.append(script)
    context["script_files"][:] = kept


def setup(app):
    """Run after every extension has added its scripts."""
    app.connect("html-page-context", _drop_repeated_scripts, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
