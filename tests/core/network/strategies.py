"""Random networks."""

from hypothesis import strategies as st

from explorer.core.network import Network
from tests.core.any_layers import any_modules


def any_networks(most: int = 5) -> st.SearchStrategy[Network]:
    """Return stacks of all kinds of modules, whether one suits the next or not."""
    layers = st.lists(any_modules(), min_size=1, max_size=most)
    return st.builds(Network, layers.map(tuple))
