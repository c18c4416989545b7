"""A manifest (data) and an owner's row in, a contract-shaped dict out: what an IT cell writes instead of Python.

The form of ``manifest.toml``; every key that is not named here is refused, with its path and the rule it broke::

    [adapter]
    kind = "police_xy"                  # the folder's name: ^[a-z][a-z0-9_]{1,39}$
    title = "Police records of XY"
    ignore_case = false                 # true: the source answers both MissingDate and missingDate
    blanks = ["no entry"]               # words that say nothing, besides the usual (-, NA, Nan, Unknown, ...)
    timezone = "Asia/Kolkata"           # of times that carry none
    volatile = ["ViewCount"]            # keys that must not count as a change of the record
    languages = { Deva = "hi" }         # script of a name -> its language; a script not named has no language
    adults = "skip"                     # or "keep"; skip = Skipped("adult") if surely 18 on the day of the event
    [own]                               # settings only the folder's own adapter.py reads

    [connection]
    transport = "rest"                  # rest | soap | files | database
    auth = "api_key"                    # none | api_key | basic | bearer | wsse (SOAP UsernameToken)
    auth_header = "X-Api-Key"           # of api_key; a secret of basic and wsse reads user:password
    auth_required = true                # false: calls go out without credentials where there is no secret
    max_bytes = 20000000                # of one answer
    wsdl = "service.wsdl"               # SOAP: a file in this folder, never fetched; strict = true | false;
    binding = "{urn:xy}RecordsBinding"  # the address is the endpoint's url, not the WSDL's

    [pull]
    [[pull.lists]]                      # one per list of the source, pulled in this order
    name = "missing"
    path = "/records/missing"           # SOAP: operation = "GetChanges"; files: a glob, missing*.jsonl;
                                        # database: a table or view, with since.param since and paging offset/limit
    params = { state = "XY" }           # sent as they are
    records = "data.rows"               # where the rows are in the answer; "" = the answer itself
    id = "RecordNo"                     # the owner's id in a row
    one = { path = "/records/{id}" }    # how one record is asked for, if it can be: or operation with id_param;
                                        # record = where; missing_fault = ".NoRecord": end of a SOAP fault code
    order = "oldest_first"              # of the since field; "any" if the source promises nothing
    since = { param = "changedSince", field = "ChangedOn", as = "datetime", look_back_minutes = 10 }
                                        # as = datetime | date | integer | text; format = "%d/%m/%Y" if not ISO
                                        # exclusive = true if the source answers only later than the parameter
    paging = { style = "page", param = "page", first = 1, size_param = "size", size = 100 }
                                        # style = page | offset | cursor (next = "path.of.next.token") | none

    [push]                              # a notice told to the owner
    path = "/alerts"                    # or operation; method = "POST"
    fields.AlertNo = { from = "notice_id" }
    fields.Kind = { from = "kind", table = "notice" }
    fields.Source = { value = "hub" }
    known_status = [409]                # answers that mean: told before
    known = "duplicate"                 # or a path in the answer that is true when it was told before
    receipt = "id"                      # path of the owner's id for it in the answer
    dedupes = false                     # only where it would take a notice twice as two: see docs/reliability.md
    [push.ask]                          # how such a system is asked whether it has a notice
    path = "/has"
    found = "exists"                    # it has, if this is there and neither empty nor false
    missing_status = [404]              # answers that mean: it has not
    [push.ask.fields]
    id = { from = "notice_id" }

    [fetch.sections.contact]            # a live read of one section
    path = "/records/{id}/contact"      # {id} is the only placeholder; or params/operation with id_param = "recordNo"
    id_param = "recordNo"
    asker = { purpose = { from = "purpose", table = "purpose" }, officer = "officer.id", case = "case" }
                                        # their parameter -> our path, with a code table where they have other words
    record = "data"                     # where the section is in the answer
    fields = { "Phone of the station" = "PsPhone" }      # label -> source path; or fields = "*" for all there is
    version = "Version"                 # paths in the record, else in the answer; absent = content hash and now
    changed_at = "ChangedOn"
    changed_by = "ChangedBy"
    withheld = "Hidden"                 # path of the labels the owner keeps back
    form = "Entries"                    # rows of what may be written, where the answer says it, and how it names them
    form_fields = { name = "Code", label = "Title", part = "Heading", choices = "Options" }
    images = "Pictures"                 # rows of caption, media_type, data (base64)
                                        # [fetch.each], [store.each]: keys that hold for every section, said once

    [store.sections.contact]            # a live writing of some entries of a section; REST alone
    path = "/records/{id}/contact/changes"
    asker = { purpose = { from = "purpose", table = "purpose" }, officer = "officer.id", case = "case" }
    write_id = "ChangeNo"               # their name of the writing's number: the same one counts once
    seen = "SeenVersion"                # their name of the version that was seen
    changes = "Changes"                 # their name of the object entry -> value, null for what is taken away
    version = "Version"                 # paths in the answer; without a version nothing is believed to be written
    changed_at = "ChangedOn"
    already = "Already"
    overtaken_status = [409, 412]       # answers that mean: another version is there by now
    denied_status = [403]               # ... this purpose may not write an entry of it (401 is always the secret)
    unfit_status = [422]                # ... an entry does not take such a value
    entries = { "Phone of the station" = "PsPhone" }     # what may be written, where no answer says it (form)

    [search]                            # a live search of the owner's own records
    path = "/records/search"            # or operation; method = "POST": what is looked for stands in no address
    [search.fields]                     # their parameter -> a path of the search request, with a code table if needed
    Name = "query.name"                 # query.* (contracts.exchange.Search), officer.*, purpose, case, request_id
    Sex = { from = "query.gender", table = "their_sex" }
    Officer = "officer.id"              # who asks and why: a system may want less of it, and never gets more
    [[search.answers]]                  # where rows are in the answer, and whose id and fields they have
    list = "missing"                    # a name of [[pull.lists]]
    records = "data.rows"

    [fields]                            # for every list; [fields_of.missing] for one, and it wins
    kind = { value = "missing" }
    status = { from = "State", as = "code", table = "status", required = true }
    recorded_at = { from = "ChangedOn", as = "datetime", required = true }
    "ref.version" = { from = "RowVersion", as = "text" }         # absent: hash of the row's content
    names = { from = "Name", as = "names" }                      # splits scripts and aliases by itself
    "names[nick]" = { from = "PetName", as = "names", kind = "nick" }
    "names[hi].text" = { from = "NameHindi", as = "name" }       # [tag] ties lines to one element of a list
    "names[hi].lang" = { value = "hi" }
    birth = [                                                    # several lines: the first that says something
        { from = "DOB", as = "birth_date", basis = "documented" },
        { from = ["AgeFrom", "AgeTo"], as = "age_range", basis = "stated", as_of = ["MissingOn", "ChangedOn"] },
    ]
    "physical.build" = { from = "Build", as = "said", table = "build" }
    "event.place.raw" = { from = ["Place", "Station", "District"], as = "text" }   # joined by ", "

    [codes.status]                      # matched whatever the case and spacing; unmapped: no code, raw kept, noted
    Open = "untraced"
    [codes.their_sex]                   # for a search: ours to theirs
    F = "Female"

Converters (``as``), each with its options told in ``adapters.mapping.converters``: ``text name names relative date time
datetime integer code codes said birth_date birth_year age age_range height weight hair garment marks disabilities
diary pin hashes``. Code tables that come with the package (``codes.toml``) and may be extended by the same name:
gender, build, complexion, face, hair_style, hair_length, hair_colour, eyes, garment, colour, blood_group, language,
state, disability.

A source may look by less than it is asked for: what does not fit is left out here, save by name, which the hub judges
across scripts. At most 200 rows of an answer are read.

A folder may add ``translate.py`` where data cannot say it: ``before(body) -> body`` rearranges the owner's words,
``after(said, body) -> said`` mends the contract-shaped dict; both pure, both may raise ``Skipped``.

Phone numbers and e-mail addresses are cut out of every free text. An error names field and rule, never the value.
"""

from adapters.mapping.compile import Hooks, Mapping, Note, Said
from adapters.mapping.manifest import Manifest, ManifestError, load
from adapters.mapping.privacy import redacted

__all__ = ["Hooks", "Manifest", "ManifestError", "Mapping", "Note", "Said", "load", "redacted"]
