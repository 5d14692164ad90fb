"""The app in a window of its own, and its entry in the start menu.

The window is a process of its own (``python -m llama_demo.window``) that shows the page of the server's
process: a toolkit of the desktop can end its process without an exception, and then no work is lost. Each
side writes lines of JSON to the other:

    server -> window    {"title": ..., "html": ..., "state": ...}   the first line: what to show at once
                        {"url": ...} or {"html": ...}               what to show next
                        end of the stream                           close the window
    window -> server    {"shown": true}                             it is on the screen
                        {"unavailable": REASON}                     it cannot be
                        {"state": {...}}                            where it was when it was closed
"""
