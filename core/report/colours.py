"""Colours of pictures: Okabe and Ito's that stand out on white and on the dark theme alike."""

COLOURS = {
    "gap": "#D55E00",
    "unclear": "#CC79A7",
    "no_gap": "#0072B2",
    "not_measurable": "#7A828C",
    "better_off": "#7A828C",
    "reference": "#7A828C",
}
GREY = "#7A828C"
# Text on the light and on the dark theme.
ON_LIGHT, ON_DARK = "#1B2430", "#E8ECF1"
