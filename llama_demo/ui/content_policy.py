"""The content security policy: what a browser may load and run for the page.

No foreign host is named in it, so nothing is loaded from one, or sent to one. ``docs/security.md`` says what
Gradio needs of each directive.
"""

from __future__ import annotations

EMBEDDERS = "'self' https://huggingface.co"
"""Origins that may embed the page; a Space is shown in a frame."""


def content_policy(nonce: str = "") -> str:
    """The policy of a response.

    Args:
        nonce: of the inline scripts of the page, made for this response alone; without one no inline script
            runs, and nothing is compiled from a text.
    """
    # Gradio compiles the handlers and the templates of its components in the browser.
    scripts = f" 'nonce-{nonce}' 'unsafe-eval'" if nonce else ""
    directives = (
        "default-src 'self'",
        f"script-src 'self'{scripts}",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors {EMBEDDERS}",
    )
    return "; ".join(directives)
