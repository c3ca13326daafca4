"""A person's window without a browser: it says and hears what Streamlit's own front end does, and draws nothing."""

import contextlib
import re
import time
from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import ClientConnection, connect

_MOST_LETTERS = 10_000  # a chart's data are nothing that is said


class Visitor:
    """One session with the app: it is shown pages, presses buttons, and asks again as often as a page tells it to."""

    def __init__(self, line: ClientConnection, seconds: float) -> None:
        self.said: list[str] = []
        self._line = line
        self._deadline = time.monotonic() + seconds
        self._state = ClientState()
        self._buttons: dict[str, str] = {}
        self._asks: dict[str, tuple[float, float]] = {}  # by fragment: how often, and when next
        self._ask()

    def press(self, label: str) -> None:
        """Press the button as soon as the page shows it."""
        while label not in self._buttons:
            self._receive()
        self._ask(pressed=self._buttons[label])

    def wait_for(self, words: str) -> None:
        """Wait until the page says these words."""
        heard = 0
        while not any(re.search(words, said) for said in self.said[heard:]):
            heard = len(self.said)
            self._receive()

    def draw_again(self) -> frozenset[str]:
        """Have the whole page drawn again; the names of the parts that it keeps up to date."""
        self._asks.clear()
        self._ask()
        while not self._asks:
            self._receive()
        return frozenset(self._asks)

    def _ask(self, pressed: str | None = None, fragment: str | None = None) -> None:
        state = ClientState()
        state.CopyFrom(self._state)
        if pressed is not None:
            state.widget_states.CopyFrom(WidgetStates(widgets=[WidgetState(id=pressed, trigger_value=True)]))
        if fragment is not None:
            state.fragment_id, state.is_auto_rerun = fragment, True
        self._line.send(BackMsg(rerun_script=state).SerializeToString())

    def _receive(self) -> None:
        """Take in one message, or ask again for a part of the page that is to be kept up to date."""
        now = time.monotonic()
        assert now < self._deadline, f"it was not said in time; this was: {self.said[-3:]}"
        for fragment, (every, due) in self._asks.items():
            if due <= now:
                self._asks[fragment] = (every, now + every)
                self._ask(fragment=fragment)
        soonest = min([due for _, due in self._asks.values()] + [self._deadline])
        try:
            content = self._line.recv(timeout=max(0.0, soonest - now))
        except TimeoutError:
            return
        assert isinstance(content, bytes)
        self._take(ForwardMsg.FromString(content))

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._state.page_script_hash = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:
                    self._asks.clear()
            case "page_info_changed":
                self._state.query_string = message.page_info_changed.query_string
            case "auto_rerun":
                every = message.auto_rerun.interval
                self._asks[message.auto_rerun.fragment_id] = (every, time.monotonic() + every)
            case "delta":
                self.said.append(str(message.delta)[:_MOST_LETTERS])
                element = message.delta.new_element
                assert element.WhichOneof("type") != "exception", element.exception
                button = element.button
                if button.id and not button.disabled:
                    self._buttons[button.label] = button.id


@contextlib.contextmanager
def visiting(address: str, seconds: float) -> Iterator[Visitor]:
    """A visitor at the app's first page, who gives up after so many seconds."""
    line = connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        max_size=None,
        max_queue=None,  # what nobody has read yet must not hold up the goodbye
        ping_interval=None,
    )
    with line:
        yield Visitor(line, seconds)
