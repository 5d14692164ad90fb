"""What pywebview leaves to each toolkit of the desktop: where a window is, downloads, the clipboard."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from llama_demo.window.state import WindowState

QT, GTK = "qtwebengine", "gtkwebkit2"
"""Names that pywebview gives to its renderers on Linux."""


def placement(window: Any, renderer: str, before: WindowState) -> WindowState:
    """Size and place of a pywebview window, as they can be given to the next one.

    Called while the window is being closed. A maximized window keeps the size and place that it had
    ``before``, where the toolkit does not tell them.
    """
    native = window.native
    if renderer == QT:
        maximized = bool(native.isMaximized())
        normal = native.normalGeometry() if maximized else native.geometry()
        # pos() is that of the frame, by which a window is placed; geometry() is inside it.
        x, y = (normal.x(), normal.y()) if maximized else (native.pos().x(), native.pos().y())
        return WindowState(x, y, normal.width(), normal.height(), maximized)
    if renderer == GTK:
        if native.is_maximized():
            return WindowState(before.x, before.y, before.width, before.height, True)
        return WindowState(*native.get_position(), *native.get_size())
    return WindowState(int(window.x), int(window.y), int(window.width), int(window.height))


def prepare(window: Any, renderer: str) -> None:
    """Let the page of a window save files and copy texts; in the toolkit's thread, before it is shown.

    pywebview's own downloads call a method that Qt 6 does not have, and fail in GTK where the user has no
    folder for downloads; so on Linux they are done here.
    """
    if renderer == QT:
        page = window.native.webview.page()
        settings = import_module("qtpy.QtWebEngineCore").QWebEngineSettings
        page.settings().setAttribute(settings.WebAttribute.JavascriptCanAccessClipboard, True)
        page.profile().downloadRequested.connect(lambda download: _save_by_qt(window, download))
    elif renderer == GTK:
        view = window.native
        while not hasattr(view, "get_context"):  # the web view is the innermost of the window's parts
            view = view.get_child()
        view.get_context().connect(
            "download-started",
            lambda _, download: download.connect(
                "decide-destination", lambda one, name: _save_by_gtk(window, one, name)
            ),
        )


def _save_by_qt(window: Any, download: Any) -> None:
    """Save a ``QWebEngineDownloadRequest`` where the user says."""
    paths = import_module("qtpy.QtCore").QStandardPaths
    dialog = import_module("qtpy.QtWidgets").QFileDialog
    folder = paths.writableLocation(paths.StandardLocation.DownloadLocation)
    folder = folder if os.path.isdir(folder) else str(Path.home())
    proposed = os.path.join(folder, Path(download.downloadFileName()).name)
    chosen, _ = dialog.getSaveFileName(window.native, _title(window), proposed)
    if not chosen:
        download.cancel()
        return
    download.setDownloadDirectory(str(Path(chosen).parent))
    download.setDownloadFileName(Path(chosen).name)
    download.accept()


def _save_by_gtk(window: Any, download: Any, name: str) -> bool:
    """Save a ``WebKitDownload`` where the user says. Returns that it has been decided."""
    gtk, glib = import_module("gi.repository.Gtk"), import_module("gi.repository.GLib")
    dialog = gtk.FileChooserNative.new(_title(window), window.native, gtk.FileChooserAction.SAVE, None, None)
    folder = glib.get_user_special_dir(glib.UserDirectory.DIRECTORY_DOWNLOAD)
    dialog.set_current_folder(folder or str(Path.home()))
    dialog.set_current_name(Path(name).name)
    dialog.set_do_overwrite_confirmation(True)
    if dialog.run() == gtk.ResponseType.ACCEPT:
        download.set_allow_overwrite(True)
        download.set_destination(Path(dialog.get_filename()).as_uri())
    else:
        download.cancel()
    return True


def _title(window: Any) -> str:
    """Of the dialog, in the language of the terminal."""
    return str(window.localization["global.saveFile"])
