"""One bucket's list in the making."""

from collections.abc import Iterable

from modelsync.pipeline.ranking.lineup import Candidate, Exchange, Lineup


def a_candidate(name: str, rank: float, family: str | None = None) -> Candidate:
    return Candidate(id=name, family=family or name, rank=rank)


A, B, C, D = (a_candidate(name, rank) for name, rank in (("a", 0.9), ("b", 0.8), ("c", 0.7), ("d", 0.6)))
KIN = tuple(a_candidate(f"kin{n}", 0.9 - n / 100, "kin") for n in range(4))


def a_lineup(*candidates: Candidate, members: Iterable[str] = (), kept: Iterable[str] = ()) -> Lineup:
    lineup = Lineup(candidates, kept=kept)
    lineup.admit(members)
    return lineup


def ids(lineup: Lineup) -> list[str]:
    return [each.id for each in lineup.members]


def test_a_list_is_lengthened_by_the_best_first() -> None:
    lineup = a_lineup(C, A, B)
    assert [lineup.lengthen() for _ in range(4)] == [True, True, True, False]
    assert ids(lineup) == ["a", "b", "c"]


def test_equal_ranks_stand_in_the_order_of_their_ids() -> None:
    lineup = a_lineup(a_candidate("y", 0.5), a_candidate("x", 0.5))
    lineup.lengthen()
    assert ids(lineup) == ["x"]
    assert [each.id for each in lineup.outsiders()] == ["y"]


def test_a_family_has_two_places() -> None:
    lineup = a_lineup(*KIN, D)
    while lineup.lengthen():
        pass
    assert ids(lineup) == ["kin0", "kin1", "d"]


def test_of_those_admitted_the_best_of_a_family_stay() -> None:
    assert ids(a_lineup(*KIN, members=["kin3", "kin2", "kin0"])) == ["kin0", "kin2"]


def test_who_is_no_candidate_is_not_admitted_and_nobody_twice() -> None:
    lineup = a_lineup(A, members=["a", "gone"])
    lineup.admit(["a"])
    assert (len(lineup), "a" in lineup, "gone" in lineup) == (1, True, False)


def test_the_last_leaves_first_but_not_who_is_kept() -> None:
    lineup = a_lineup(A, B, C, members=["a", "b"], kept=["c"])
    assert [lineup.shorten() for _ in range(3)] == [True, True, False]
    assert ids(lineup) == ["c"]


def test_a_newcomer_replaces_the_last_of_all() -> None:
    assert a_lineup(A, B, D, members=["b", "d"]).best_exchange() == Exchange(A, D)


def test_a_newcomer_of_a_full_family_replaces_the_last_of_it() -> None:
    lineup = a_lineup(*KIN, D, members=["kin1", "kin2", "d"])
    assert lineup.best_exchange() == Exchange(KIN[0], KIN[2])


def test_the_exchange_that_gains_most_is_found_behind_one_that_gains_less() -> None:
    lineup = a_lineup(*KIN, a_candidate("other", 0.85), D, members=["kin1", "kin2", "d"])
    exchange = lineup.best_exchange()
    assert exchange is not None
    assert (exchange.newcomer.id, exchange.incumbent.id, round(exchange.gain, 6)) == ("other", "d", 0.25)


def test_there_is_no_exchange_where_nobody_outside_is_better() -> None:
    assert a_lineup(A, B, C, members=["a", "b"]).best_exchange() is None
    assert a_lineup(A, a_candidate("as-good", 0.9), members=["a"]).best_exchange() is None


def test_nobody_replaces_who_is_kept() -> None:
    assert a_lineup(A, D, kept=["d"]).best_exchange() is None
    kin = a_lineup(*KIN, A, kept=["kin2", "kin3"])
    assert kin.exchange_for(KIN[0]) is None


def test_an_exchange_is_carried_out() -> None:
    lineup = a_lineup(*KIN, D, members=["kin1", "kin2", "d"])
    exchange = lineup.best_exchange()
    assert exchange is not None
    lineup.swap(exchange)
    assert ids(lineup) == ["kin0", "kin1", "d"]
    assert lineup.best_exchange() is None
