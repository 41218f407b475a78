"""A network: an immutable stack of modules, what flows through it, its code, its examples."""

from explorer.core.network.flow import Place, Total, flow, total
from explorer.core.network.stack import Network

__all__ = ["Network", "Place", "Total", "flow", "total"]
