"""Code lists of the contract. Project codes where no official list was found; raw words always travel beside them."""

from enum import StrEnum


class RecordKind(StrEnum):
    """What the record says of the child (TrackChild 1.0 diaries; CCI residents; citizens' sightings; VCPC register)."""

    MISSING = "missing"
    FOUND = "found"
    RESIDENT = "resident"
    SIGHTING = "sighting"
    AT_RISK = "at_risk"


class Status(StrEnum):
    """Where the owner says the record stands (MWCD SOP 2016 for the missing; JJ Act 2015 ss.31-40 for the found)."""

    REPORTED = "reported"
    FIR_REGISTERED = "fir_registered"
    ALERTED = "alerted"
    UNTRACED = "untraced"
    TRACED = "traced"
    FOUND = "found"
    PRODUCED = "produced"
    IN_CARE = "in_care"
    TRANSFERRED = "transferred"
    RAN_AWAY = "ran_away"
    RESTORED = "restored"
    AGED_OUT = "aged_out"
    DECEASED = "deceased"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


#: Statuses after which a record is no longer searched for or matched.
ENDED = frozenset({Status.TRACED, Status.RESTORED, Status.DECEASED, Status.CANCELLED, Status.CLOSED, Status.WITHDRAWN})


class Gender(StrEnum):
    """Project code, MDDS-style. Unknown is an absent gender, never a code."""

    MALE = "M"
    FEMALE = "F"
    TRANSGENDER = "T"


class NameKind(StrEnum):
    FULL = "full"
    ALIAS = "alias"
    NICK = "nick"


class Relation(StrEnum):
    FATHER = "father"
    MOTHER = "mother"
    GUARDIAN = "guardian"
    SIBLING = "sibling"
    SPOUSE = "spouse"
    OTHER = "other"


class AgeBasis(StrEnum):
    """How an age became known, best first (domain notes 1.3; Form 17 distinguishes stated from by appearance)."""

    DOCUMENTED = "documented"
    STATED = "stated"
    ESTIMATED = "estimated"
    APPEARANCE = "appearance"


class Build(StrEnum):
    THIN = "thin"
    MEDIUM = "medium"
    STRONG = "strong"
    STOUT = "stout"
    FAT = "fat"


class Complexion(StrEnum):
    VERY_FAIR = "very_fair"
    FAIR = "fair"
    WHEATISH = "wheatish"
    SALLOW = "sallow"
    DARK = "dark"
    BLACK = "black"


class Face(StrEnum):
    OVAL = "oval"
    ROUND = "round"
    LONG = "long"
    SQUARE = "square"
    FLAT = "flat"
    BROAD = "broad"


class HairStyle(StrEnum):
    NORMAL = "normal"
    CURLY = "curly"
    STRAIGHT = "straight"
    WAVY = "wavy"
    BALD = "bald"
    SHAVEN = "shaven"


class HairLength(StrEnum):
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class HairColour(StrEnum):
    BLACK = "black"
    BROWN = "brown"
    GREY = "grey"
    WHITE = "white"
    DYED = "dyed"


class Eyes(StrEnum):
    BLACK = "black"
    BROWN = "brown"
    BLUE = "blue"
    GREY = "grey"
    GREEN = "green"
    SQUINT = "squint"
    BLIND = "blind"


class MarkKind(StrEnum):
    SCAR = "scar"
    MOLE = "mole"
    BIRTHMARK = "birthmark"
    TATTOO = "tattoo"
    BURN = "burn"
    CUT = "cut"
    PIERCING = "piercing"
    DEFORMITY = "deformity"
    OTHER = "other"


class BodyPart(StrEnum):
    HEAD = "head"
    FOREHEAD = "forehead"
    FACE = "face"
    EYE = "eye"
    EYEBROW = "eyebrow"
    EAR = "ear"
    NOSE = "nose"
    CHEEK = "cheek"
    LIP = "lip"
    CHIN = "chin"
    NECK = "neck"
    SHOULDER = "shoulder"
    CHEST = "chest"
    BACK = "back"
    STOMACH = "stomach"
    ARM = "arm"
    ELBOW = "elbow"
    WRIST = "wrist"
    HAND = "hand"
    FINGER = "finger"
    THIGH = "thigh"
    KNEE = "knee"
    LEG = "leg"
    ANKLE = "ankle"
    FOOT = "foot"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class DisabilityKind(StrEnum):
    """Form 22 item 13, with vision kept apart from physical."""

    HEARING = "hearing"
    SPEECH = "speech"
    VISION = "vision"
    PHYSICAL = "physical"
    MENTAL = "mental"
    OTHER = "other"


class Colour(StrEnum):
    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    RED = "red"
    PINK = "pink"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    SKY_BLUE = "sky_blue"
    PURPLE = "purple"
    BROWN = "brown"
    CREAM = "cream"
    MAROON = "maroon"
    KHAKI = "khaki"
    MULTI = "multi"


class GarmentItem(StrEnum):
    SHIRT = "shirt"
    T_SHIRT = "t_shirt"
    BANIAN = "banian"
    KURTA = "kurta"
    KURTI = "kurti"
    SALWAR_KAMEEZ = "salwar_kameez"
    FROCK = "frock"
    TOP = "top"
    SARI = "sari"
    SWEATER = "sweater"
    JACKET = "jacket"
    SCHOOL_UNIFORM = "school_uniform"
    PANT = "pant"
    JEANS = "jeans"
    HALF_PANT = "half_pant"
    PYJAMA = "pyjama"
    TRACK_SUIT = "track_suit"
    SALWAR = "salwar"
    SKIRT = "skirt"
    LEHENGA = "lehenga"
    LEGGINGS = "leggings"
    OTHER = "other"


class Restriction(StrEnum):
    """What must not be done with a record whatever else is allowed (JJ Act 2015 s.74; POCSO s.23; s.24)."""

    NOT_PUBLIC = "not_public"
    IN_CONFLICT_WITH_LAW = "in_conflict_with_law"
    VICTIM = "victim"
    SEALED = "sealed"


class PublicationBasis(StrEnum):
    """Why a missing child's card may be shown to the public."""

    CONSENT_OF_GUARDIAN = "consent_of_guardian"
    POLICE_APPEAL = "police_appeal"
    ORDER_OF_COMMITTEE = "order_of_committee"
