"""Rollups of twenty seeds, from the launch to the last claim (end_to_end.py runs any seed)."""
import os
import unittest

import end_to_end

SEEDS = int(os.environ.get("MAYFLY_END_SEEDS") or 20)


class EndTest(unittest.TestCase):
    def test_everybody_gets_back_what_is_his_after_every_process_of_the_rollup_was_killed(self):
        results = end_to_end.run(list(range(1, SEEDS + 1)), at_once=4, quiet=True)
        self.assertEqual(len(results), SEEDS)
        took = sorted(result["close to dissolved"] for result in results)
        print(
            f"{SEEDS} seeds, every asset balances, {sum(result['attacks'] for result in results)} attacks refused; "
            f"{took[len(took) // 2]:.1f} s from the close to dissolved at the median, {took[-1]:.1f} s at most")


if __name__ == "__main__":
    unittest.main()
