"""`python -m sandbox`: the town alone, for any bot that wants to live in it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from sandbox.server import Sandbox


def main() -> int:
    parser = argparse.ArgumentParser(prog="sandbox", description="A Telegram of our own on loopback.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--token", default="42:TEST")
    parser.add_argument("--no-budgets", action="store_true", help="never answer 429")
    asked = parser.parse_args()
    box = Sandbox(asked.token, budgets=not asked.no_budgets, host=asked.host, port=asked.port)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(box))
    return 0


async def serve(box: Sandbox) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await box.start()
    sys.stdout.write(f"Ready: {box.url}\n")
    sys.stdout.flush()
    await stopped.wait()
    await box.stop()


if __name__ == "__main__":
    sys.exit(main())
