"""For a model that looks at images: which column names them, the zip that holds them, and how their colours go in."""

from dataclasses import replace

import streamlit as st

from core.data.profile import Profile
from core.data.roles import suggestions
from core.errors import PlumblineError
from core.plan.parts import IMAGE_MIDDLE, Decision
from core.store.workspace import Audit
from pages.components import plain, session, upload_box
from pages.components.data import steps
from pages.components.data.decision import model_check
from pages.components.data.draft import Draft

_THUMBNAIL_PIXELS = 72


def ask(audit: Audit, profile: Profile, plan: Draft) -> None:
    """Ask where the model looks at images, or the plan says that it does; a changed answer is checked at a click."""
    facts = session.workspace().model_facts(audit.id)
    reads = facts is not None and facts.image is not None
    if not reads and plan.decision.image is None:
        return
    if not reads and facts is not None:
        st.button("Leave the images out", on_click=_check_with, args=(audit, _without_images(plan)))
        return
    column = _ask_column(audit, profile, plan)
    _ask_archive(audit, plan, column)
    mean, std = _ask_colours(audit, plan)
    if column is None or audit.images is None:
        return
    answer = replace(plan.decision, image=column, images=audit.images.name, image_mean=mean, image_std=std)
    if answer != plan.decision:
        asked = replace(plan, decision=answer)
        st.button("Check the model with these images", type="primary", on_click=_check_with, args=(audit, asked))
    else:
        _show_some(audit)


def suggested(audit: Audit, plan: Draft) -> Draft:
    """The plan with the column that seems to name the images, where a zip of images is here and none is named yet."""
    profile = session.workspace().profile(audit.id)
    if audit.images is None or profile is None or plan.decision.text is not None:
        return plan
    found = suggestions.image_column(profile)
    column = plan.decision.image or (found.value if found else None)
    if column is None or plan.decision.features:
        return plan
    return replace(plan, decision=replace(plan.decision, image=column, images=audit.images.name))


def _without_images(plan: Draft) -> Draft:
    blank = Decision()
    kept = replace(plan.decision, image=None, images=None, image_mean=blank.image_mean, image_std=blank.image_std)
    return replace(plan, decision=kept)


def _ask_column(audit: Audit, profile: Profile, plan: Draft) -> str | None:
    found = suggestions.image_column(profile)
    first = plan.decision.image or (found.value if found else None)
    chosen = st.selectbox(
        "The column that names each person's image",
        list(profile.names),
        key=session.seed(session.field(audit.id, "image column"), first),
        index=None,
        placeholder="choose a column",
    )
    if found is not None and chosen == found.value and plan.decision.image is None:
        steps.suggested(found.reason)
    return chosen


def _ask_archive(audit: Audit, plan: Draft, column: str | None) -> None:
    if audit.images is None:
        if plan.decision.images:
            st.caption(f"The plan names {plain.quoted(plan.decision.images)}: put that file here.")
        _take_upload(audit, plan, column)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        plain.text(f"Images: {audit.images.name}")
        with st.popover("Use other images", key=session.upload_key("other images")):
            _take_upload(audit, plan, column)


def _take_upload(audit: Audit, plan: Draft, column: str | None) -> None:
    """Keep a zip that was just put in, and look at the model with it as soon as the column is known."""
    given = st.file_uploader(
        "Drop the images here, packed into one zip (JPEG, PNG, WebP, GIF or BMP)",
        type=["zip"],
        key=session.upload_key("images"),
    )
    if given is None:
        return
    try:
        with st.spinner("Keeping the images …"):
            taken = upload_box.taken(given)
            kept = session.workspace().put_images(audit.id, taken.file, taken.name)
            if column is not None:
                decision = replace(plan.decision, image=column, images=given.name)
                plan = replace(plan, decision=decision)
                session.workspace().save_plan(audit.id, plan)
            model_check.start(kept, plan)
            session.adopt(audit.id)
            upload_box.let_go([taken])
    except PlumblineError as error:
        st.error(plain.escape(error.message))
        return
    st.rerun()


def _ask_colours(audit: Audit, plan: Draft) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """How the model was trained to take colours; most were trained with 0.5 and 0.5."""
    with st.popover("How colours go in"):
        st.caption(
            "A colour from 0 to 1, less the first number, over the second. Whoever made the model knows these. If "
            "nobody does, leave them: 0.5 and 0.5 is the most common choice."
        )
        numbers = []
        for key, words in (("image_mean", "Less"), ("image_std", "Over")):
            first = getattr(plan.decision, key)
            shown = first if len(first) == len(IMAGE_MIDDLE) else first[:1] * len(IMAGE_MIDDLE)
            columns = st.columns(len(IMAGE_MIDDLE))
            numbers.append(
                tuple(
                    float(
                        place.number_input(
                            f"{words}, {colour}",
                            min_value=1e-6 if key == "image_std" else None,
                            step=0.001,
                            format="%g",
                            key=session.seed(session.field(audit.id, f"{key}/{colour}"), number),
                        )
                    )
                    for place, colour, number in zip(columns, ("red", "green", "blue"), shown, strict=True)
                )
            )
        mean, std = (
            getattr(plan.decision, key)
            if len(set(given)) == 1 and set(given) == set(getattr(plan.decision, key))
            else given
            for key, given in zip(("image_mean", "image_std"), numbers, strict=True)
        )
    return mean, std


def _show_some(audit: Audit) -> None:
    """A few images as the model sees them."""
    pixels = session.workspace().thumbnails(audit.id)
    if pixels is None:
        return
    st.caption("The first images, as the model sees them:")
    with st.container(horizontal=True):
        for image in pixels:
            st.image(image.squeeze(), width=_THUMBNAIL_PIXELS)


def _check_with(audit: Audit, plan: Draft) -> None:
    session.attempt(session.workspace().save_plan, audit.id, plan)
    session.attempt(model_check.start, audit, plan)
