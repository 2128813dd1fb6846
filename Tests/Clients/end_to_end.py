"""Rollups that are made up, lived on, killed and dissolved: everybody gets back what is his, to the wei.

usage: end_to_end.py [--seed N | --seeds COUNT [--from N]] [--at-once PAIRS] [--quiet]

A seed decides what there is and what happens; seeds run in pairs, two rollups on one L1, each the other's stranger.
"""
import argparse
import concurrent.futures
import multiprocessing
import sys
import time

from ending import compiled
from ending.story import ROLES, Story
from node import Node


def run_pair(seeds, quiet):
    """The stories of some seeds on one L1, at once; what each took."""
    say = (lambda *_: None) if quiet else (lambda text: print(text, flush=True))
    stories = []

    def elsewhere(place):
        """Another rollup's Claims, where there is another."""
        return next((
            story.rollup.launched["addresses"]["claims"] for other, story in enumerate(stories)
            if other != place and hasattr(story.rollup, "launched")), None)

    with Node("--block-time", "1", "--accounts", str(ROLES * len(seeds))) as l1:
        stories += [
            Story(seed, l1, place, lambda place=place: elsewhere(place), say) for place, seed in enumerate(seeds)]
        with concurrent.futures.ThreadPoolExecutor(len(seeds)) as threads:
            return [
                {"seed": story.seed, "times": story.times, "attacks": len(story.attacks.tried), "gas": story.gas,
                 "close to dissolved": story.dissolved - story.closed}
                for story in threads.map(Story.run, stories)]


def run(seeds, at_once, quiet=False):
    """The results of all seeds, some pairs at once; fails with the first that fails."""
    for name in compiled.NAMES:
        compiled.creation(name)
    pairs = [seeds[start:start + 2] for start in range(0, len(seeds), 2)]
    with concurrent.futures.ProcessPoolExecutor(at_once, multiprocessing.get_context("fork")) as processes:
        return [result for results in processes.map(run_pair, pairs, [quiet] * len(pairs)) for result in results]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    seeds = [given.seed] if given.seed is not None else list(range(given.first, given.first + given.seeds))
    began = time.monotonic()
    results = run(seeds, given.at_once, given.quiet)
    print(
        f"{len(results)} seeds in {time.monotonic() - began:.0f} s: every asset balances, "
        f"{sum(result['attacks'] for result in results)} attacks refused")


if __name__ == "__main__":
    sys.exit(main())
