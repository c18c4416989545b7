"""Between translate and index: what the registry knows of the words in a record, its stations and their districts."""

from contracts import ChildRecord, Diary, Place
from registry import Registry


class Enriching:
    """Adds the institution of a station that was only named, and the civil district that it lies in.

    What the owner said is never changed; what is not certain stays absent.
    """

    def __init__(self, registry: Registry) -> None:
        self._stations = registry.stations

    def __call__(self, record: ChildRecord) -> ChildRecord:
        if all(diary.station or not diary.station_raw for diary in record.diaries):
            return record
        place = record.event.place or Place()
        known = [self._diary(record.ref.participant, diary, place) for diary in record.diaries]
        changes: dict[str, object] = {"diaries": [diary for diary, _ in known]}
        located = next((where for _, where in known if where is not None), None)
        if located is not None:
            changes["event"] = record.event.model_copy(update={"place": _filled(place, located)})
        return record.model_copy(update=changes)

    def _diary(self, participant: str, diary: Diary, told: Place) -> tuple[Diary, Place | None]:
        if diary.station or not diary.station_raw:
            return diary, None
        where = self._stations.place_of(participant, diary.station_raw, None, told.state, told.district)
        if where.station is None:
            return diary, None
        found = Place(state=where.state, district=where.civil_district, police_station=where.station)
        return diary.model_copy(update={"station": where.station}), found


def _filled(place: Place, known: Place) -> Place:
    """``place`` with what it lacks; a district only within the state that the owner named."""
    if place.state is not None and known.state is not None and place.state != known.state:
        return place
    absent = {
        name: getattr(known, name) for name in ("state", "district", "police_station") if not getattr(place, name)
    }
    return place.model_copy(update=absent)
