"""The demo: a page that uses the web SDK, and a small business behind it that uses the public REST API."""

from gateway.edge.demo.pages import LOOPBACK, mount
from gateway.edge.demo.scene import Scene, prepare
from gateway.edge.demo.stage import Stage

__all__ = ["LOOPBACK", "Scene", "Stage", "mount", "prepare"]
