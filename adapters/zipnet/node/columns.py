"""The columns of ZIPNET's tables as its server names them, and which of them its lists show."""

MISSING_LIST = (
    "MissingPersonId", "CreatedOn", "ImageUrls", "State", "District", "PoliceStation", "FIRNo", "DD_Date",
    "SerialNumber", "MissingFrom", "TracingStatus",
)  # fmt: skip
MISSING_DETAIL = (
    "Name", "Sex", "BirthYear", "Age", "AgeFrom", "AgeTo", "Address", "GuardianName", "Religion", "Height", "Build",
    "Complexion", "Face", "Eyes", "Hair", "Beard", "Mustaches", "Tattoo", "DressUpper", "DressUpperColor",
    "DressLower", "DressLowerColor", "PhysicalDetails", "PersonalDetails", "Description", "RewardAmount", "Remarks",
    "PinCode", "DateFrom", "MissingDate", "ReportingDate", "ComplainantPhoneNo", "ContactPerson",
)  # fmt: skip
UNIDENTIFIED = (
    "UnIdentifiedPersonId", "CreatedOn", "ImageUrls", "State", "District", "PoliceStation", "DDNo", "DD_Date",
    "UIPFSerialNumber", "FoundDateTime", "FoundPlace", "Name", "Sex", "AgeFrom", "AgeTo", "Height", "Build",
    "Complexion", "Face", "Hair", "Beard", "Mustaches", "Tattoo", "DressUpper", "DressUpperColor", "DressLower",
    "DressLowerColor", "PhysicalDetails", "Religion", "Remarks",
)  # fmt: skip
#: Columns that hold whole numbers; every other one holds text as it was typed.
NUMBERS = frozenset({"MissingPersonId", "UnIdentifiedPersonId", "BirthYear", "AgeFrom", "AgeTo"})
#: The old site's own state codes. Only 008 was ever seen; the others are this look-alike's.
OLD_STATES = {
    "002": ("HIMACHAL PRADESH",),
    "003": ("PUNJAB",),
    "004": ("CHANDIGARH",),
    "005": ("UTTRAKHAND", "UTTARAKHAND"),
    "006": ("HARYANA",),
    "008": ("DELHI",),
    "009": ("RAJASTHAN",),
    "010": ("UTTAR PRADESH",),
}
