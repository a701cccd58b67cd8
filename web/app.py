"""The web application: what is reachable at a listener. Pages that come later join here."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from web.health import Health
from web.webhook import Webhook


def build(webhook: Webhook | None = None, health: Health | None = None) -> Starlette:
    """Only what is given is there. Webhook and health are given to listeners of their own.

    A proxy may leave its own prefix on the webhook's path or take it away: what counts is the last part.
    """
    routes: list[Route] = []
    if webhook is not None:
        routes.append(Route("/{before:path}" + webhook.door, webhook.receive, methods=["POST"]))
    if health is not None:
        routes += [
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/metrics", health.figures),
        ]
    return Starlette(routes=routes)
