"""The theme "paper and ink": colours, type and corners of Gradio's components.

The same colours are variables in ``assets/css/page.css``, for what Gradio's theme cannot set.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import gradio as gr

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#faf8f4",
        "card": "#ffffff",
        "line": "#e7e2d9",
        "ink": "#1f2430",
        "muted": "#6b675f",
        "clay": "#a84f26",
        "filled": "#a84f26",
        "on_filled": "#ffffff",
        "pressed": "#8f411d",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#14161b",
        "card": "#1c1f26",
        "line": "#2c313b",
        "ink": "#ece9e2",
        "muted": "#a09b92",
        "clay": "#f0a27a",
        "filled": "#e08757",
        "on_filled": "#14161b",
        "pressed": "#eb9a6c",
    }
)

FONT = (
    # Not 600: of that weight Gradio brings a file with hardly any Latin letters but a and b.
    gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)),
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "system-ui",
    "sans-serif",
)

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "body_background_fill": "paper",
        "body_text_color": "ink",
        "body_text_color_subdued": "muted",
        "background_fill_primary": "card",
        "background_fill_secondary": "paper",
        "border_color_primary": "line",
        "border_color_accent": "clay",
        "color_accent_soft": "paper",
        "link_text_color": "clay",
        "link_text_color_hover": "clay",
        "link_text_color_visited": "clay",
        "link_text_color_active": "clay",
        "block_background_fill": "card",
        "block_border_color": "line",
        "block_label_text_color": "ink",
        "block_label_background_fill": "card",
        "block_title_text_color": "ink",
        "block_info_text_color": "muted",
        "panel_background_fill": "paper",
        "panel_border_color": "line",
        "input_background_fill": "card",
        "input_background_fill_focus": "card",
        "input_border_color": "line",
        "input_border_color_focus": "clay",
        "input_border_color_hover": "line",
        "input_placeholder_color": "muted",
        "slider_color": "clay",
        "loader_color": "clay",
        "button_primary_background_fill": "filled",
        "button_primary_background_fill_hover": "pressed",
        "button_primary_text_color": "on_filled",
        "button_primary_text_color_hover": "on_filled",
        "button_primary_border_color": "filled",
        "button_primary_border_color_hover": "pressed",
        "button_secondary_background_fill": "card",
        "button_secondary_background_fill_hover": "paper",
        "button_secondary_text_color": "ink",
        "button_secondary_text_color_hover": "ink",
        "button_secondary_border_color": "line",
        "button_secondary_border_color_hover": "clay",
    }
)
"""The colour of each of Gradio's variables, in the light and in the dark scheme."""


TEXT_SIZE = gr.themes.Size(
    name="text",
    xxs="0.5625rem",
    xs="0.625rem",
    sm="0.75rem",
    md="0.875rem",
    lg="1rem",
    xl="1.375rem",
    xxl="1.625rem",
)
"""Gradio's sizes in units of the browser's font size instead of pixels."""


def paper_and_ink() -> gr.themes.Base:
    """The theme of the page, light and dark."""
    colours = {name: LIGHT[colour] for name, colour in COLOURS.items()}
    dark = {f"{name}_dark": DARK[colour] for name, colour in COLOURS.items()}
    theme = gr.themes.Base(primary_hue="orange", neutral_hue="stone", font=FONT, text_size=TEXT_SIZE)
    return theme.set(
        **colours,
        **dark,
        block_border_width="1px",
        block_border_width_dark="1px",
        block_label_border_width="0px",
        block_label_border_width_dark="0px",
        block_radius="14px",
        block_shadow="none",
        block_shadow_dark="none",
        block_title_text_size="*text_sm",
        block_title_text_weight="600",
        block_info_text_size="*text_sm",
        button_border_width="1px",
        button_border_width_dark="1px",
        button_large_radius="12px",
        button_large_text_weight="600",
        button_small_radius="999px",
        button_small_text_weight="400",
        button_primary_shadow="none",
        button_secondary_shadow="none",
        button_transition="background-color 120ms, border-color 120ms",
        container_radius="14px",
        form_gap_width="0px",
        input_border_width="1px",
        input_border_width_dark="1px",
        input_radius="14px",
        input_shadow="none",
        input_shadow_focus="none",
        input_shadow_dark="none",
        input_shadow_focus_dark="none",
        layout_gap="16px",
    )
