"""The oracle of what a limit promises: in every stretch of time, not more was admitted than burst and rate allow.

When a check spent is not known, only that it was between question and answer. So a stretch counts the checks that were
asked and answered inside it; every stretch that begins with a question and ends with an answer is looked at, in
n log n steps.
"""


def worst_excess(admitted: list[tuple[float, float]], rate: float) -> float:
    """`admitted`: when each was asked and answered, in seconds. The most that any stretch had beyond rate x length."""
    if not admitted:
        return 0.0
    ranks = sorted(range(len(admitted)), key=lambda index: admitted[index][0])
    origin = admitted[ranks[0]][0]
    rank_of = {index: rank for rank, index in enumerate(ranks)}
    leaves = 1 << (len(admitted) - 1).bit_length()
    # Of each subtree: how many checks are counted, and the greatest of rate x start + those counted from there on.
    counts, best = [0] * (2 * leaves), [float("-inf")] * (2 * leaves)
    worst = 0.0
    for index in sorted(range(len(admitted)), key=lambda index: admitted[index][1]):
        asked, answered = admitted[index]
        node = leaves + rank_of[index]
        counts[node], best[node] = 1, rate * (asked - origin) + 1
        while node > 1:
            node //= 2
            counts[node] = counts[2 * node] + counts[2 * node + 1]
            best[node] = max(best[2 * node] + counts[2 * node + 1], best[2 * node + 1])
        worst = max(worst, best[1] - rate * (answered - origin))
    return worst


def check() -> None:
    """An oracle that cannot fail proves nothing: against every pair, and against a bucket that gave twice."""
    import random
    chance = random.Random(7)
    for _ in range(20):
        answers = [(start, start + chance.random() / 3) for start in (chance.random() * 4 for _ in range(50))]
        rate = chance.random() * 20
        slow = max(sum(start >= first and end <= last for start, end in answers) - rate * (last - first)
                   for first, _ in answers for _, last in answers if last >= first)
        assert abs(worst_excess(answers, rate) - max(0.0, slow)) < 1e-6
    twice = [(0.0, 0.001)] * 10 + [(1.0, 1.001)] * 10
    assert worst_excess(twice, 5) > 14
