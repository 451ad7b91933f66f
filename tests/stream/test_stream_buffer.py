"""Greedy batches, bounded by count and bytes."""

from __future__ import annotations

import asyncio

import pytest

from agents.stage.buffer import Buffer


async def filled(items, **bounds):
    buffer = Buffer(bounds.get("most", 10), len, bounds.get("most_bytes", 100))
    for item in items:
        await buffer.put(item)
    return buffer


async def test_takes_what_waits_and_does_not_wait_for_more():
    buffer = await filled([b"a", b"b", b"c"])
    assert await asyncio.wait_for(buffer.take(), 0.5) == [b"a", b"b", b"c"]


async def test_a_batch_has_at_most_so_many_bytes():
    buffer = await filled([b"x" * 60, b"y" * 30, b"z" * 30])
    assert [len(item) for item in await buffer.take()] == [60, 30]
    assert [len(item) for item in await buffer.take()] == [30]


async def test_a_message_over_the_bound_goes_alone():
    buffer = await filled([b"x" * 500])
    assert len(await buffer.take()) == 1


@pytest.mark.parametrize("items", [[b"x"] * 10, [b"x" * 60, b"y" * 60]])
async def test_put_waits_while_the_buffer_is_full(items):
    buffer = await filled(items)
    late = asyncio.ensure_future(buffer.put(b"late"))
    await asyncio.sleep(0.01)
    assert not late.done()
    await buffer.take()
    await asyncio.wait_for(late, 0.5)


async def test_a_rest_gathers_what_arrives_meanwhile():
    buffer = await filled([b"a"])
    batch = asyncio.ensure_future(buffer.take(rest=0.2))
    await asyncio.sleep(0.05)
    assert not batch.done()
    await buffer.put(b"b")
    assert await asyncio.wait_for(batch, 5) == [b"a", b"b"]


async def test_a_full_buffer_ends_the_rest():
    buffer = await filled([b"a"], most=2)
    batch = asyncio.ensure_future(buffer.take(rest=60))
    await asyncio.sleep(0)
    await buffer.put(b"b")
    assert await asyncio.wait_for(batch, 5) == [b"a", b"b"]


async def test_after_the_rest_the_first_item_is_taken_at_once():
    buffer = await filled([])
    batch = asyncio.ensure_future(buffer.take(rest=0.01))
    await asyncio.sleep(0.1)
    await buffer.put(b"a")
    assert await asyncio.wait_for(batch, 0.5) == [b"a"]
