"""Mark up lists of references as what they are.

docutils 0.21 gives a list of references the role ``list`` but its entries no role ``listitem``, and
each entry the role ``doc-biblioentry``, which is deprecated: a screen reader announces an empty
list. Without the two roles it reads the text.
"""


def _drop_roles(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = (
            context["body"]
            .replace('<div role="list" class="citation-list">', '<div class="citation-list">')
            .replace(' role="doc-biblioentry"', "")
        )


def setup(app):
    """Change the text of a page just before it is written."""
    app.connect("html-page-context", _drop_roles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
