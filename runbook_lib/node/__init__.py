"""A node over WinRM: `Node.read` and `Node.execute`, and what a node says of itself."""

from runbook_lib.node.facts import NodeFacts
from runbook_lib.node.node import Node
from runbook_lib.node.reply import Reply

__all__ = ["Node", "NodeFacts", "Reply"]
