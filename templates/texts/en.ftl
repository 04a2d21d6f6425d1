# The frame
skip = Skip to the content
nav-label = Sections
nav-ask = Ask
nav-search = Search
nav-library = Library
language-label = Language
# The language's name in its own words.
language-name = English
foot-promise = Your documents and questions stay on this machine.

# Counts
documents-count = { $count ->
    [one] { $shown } document
   *[other] { $shown } documents
}
passages-count = { $count ->
    [one] { $shown } passage
   *[other] { $shown } passages
}
pages-count = { $count ->
    [one] { $shown } page
   *[other] { $shown } pages
}
slides-count = { $count ->
    [one] { $shown } slide
   *[other] { $shown } slides
}
sheets-count = { $count ->
    [one] { $shown } sheet
   *[other] { $shown } sheets
}
pages-lacking = { $shown } not searchable
pages-doubtful = { $shown } with low confidence
pages-empty = { $shown } empty
pages-ocr = { $shown } recognised from pictures

# Times and measures; `time-pattern` and `date-pattern` are in the notation of strftime
time-pattern = %-d %b %Y, %H:%M
date-pattern = %-d %b %Y
duration-milliseconds = { $number } ms
duration-seconds = { $number } s

# Ask
ask-title = Ask the documents
ask-lead = Every sentence of an answer shows where in the documents it stands.
ask-label = Your question
ask-placeholder = What do you want to know?
ask-button = Ask
suggestions-label = Questions asked before
suggestion-verified = verified
ask-summary = Answers come from { $documents } with { $passages }.
ask-empty-title = There are no documents yet
ask-empty-explained = Put files into this folder, and they can be asked about as soon as they are read:
ask-empty-others = As soon as there are documents that you may read, you can ask about them here. An administrator can tell you more.
ask-again = Ask again with today’s documents
examples-title = Questions to try
example-1 = How many days of annual leave do I have?
example-2 = How do I lock out a machine?
example-3 = What does error code E-4021 mean?
example-4 = How do I get new safety shoes?
answer-title = What the documents say
answer-waiting = Reading the documents…
answer-writing = Writing the answer…
answer-stop = Stop
answer-stopped = Stopped.
answer-understood = Understood as
answer-thinking = What the model said to itself
answer-quoted = In the documents’ own words
doubt-missing = Check this: { $words } does not stand in the passages.
doubt-unsupported = Check this: no passage bears it out.
note-cut = The answer was cut off at its greatest length.
note-repeats = The language model began to repeat itself and was stopped.
note-stopped = The language model was stopped. What it had written until then is kept.
note-stopped-early = The language model was stopped before it had written a sentence. These are the documents’ own words.
note-busy = Too many people are waiting for the language model, so nothing was written. These are the documents’ own words.
note-loading = The language model is being loaded, so nothing was written yet. These are the documents’ own words.
note-language = The language model does not know the language of the question. These are the documents’ own words.
note-window = No passage fits into what the language model can read at once. These are the documents’ own words.
note-failed = The language model failed, so nothing was written. These are the documents’ own words; tell your administrator.
model-none = Answers are quoted word for word. A language model that writes them can be installed: gemba models list
model-loading = The language model { $name } is being loaded, which takes about { $seconds } s; until then answers are quoted.
model-changing = The language model { $name } is being loaded; until then { $other } writes.
model-failed = The language model { $name } could not be loaded, so answers are quoted. The server’s log says why.
model-failed-instead = The language model { $name } could not be loaded; { $other } goes on writing. The server’s log says why.
follow-label = Follow-up question
follow-placeholder = Ask a follow-up question
earlier-label = Earlier in this conversation
earlier-open = Open this answer
answer-copy = Copy the answer
answer-copied = Copied with its sources
answer-print = Print
answer-broken = The connection was lost before the answer was complete. Ask again.
answer-failed = The question could not be answered because something went wrong. Try again; if it stays so, tell your administrator.
answer-kept = Asked on
answer-search = Search for these words
sources-title = Sources
nearest-title = The nearest passages
refused-title = The documents do not answer this.
refused-explained = Nothing was found that is strong enough to answer with. See below what comes nearest, or ask in other words.
how-quotes = Quoted word for word, no language model, { $duration }
how-refused = Decided by the strength of the evidence, no language model, { $duration }
how-model = Written by { $name } from { $read } and checked against them, { $duration }
how-model-cut = Written by { $name } from { $read } and checked against them ({ $left_out } more did not fit into what it reads at once), { $duration }
how-model-refused = { $name } found no answer in the passages, { $duration }
permalink = Link to this answer
copied = Link copied
cite-label = Source { $number }: { $title }
cite-label-place = Source { $number }: { $title }, { $place }
cell-name = { $name }:

# Search
search-title = Search
search-label = Words to search for
search-placeholder = Words, a part number, an error code
search-button = Search
search-start-title = Search all documents
search-start-explained = Find passages by words, by meaning, or by a code such as SOP-QA-014 or M8x1.25.
search-none-title = Nothing was found for “{ $query }”
search-none-explained = Check the spelling, try fewer or other words, or remove the filters.
search-everywhere = Search without filters
search-found = { $count ->
    [one] { $shown } passage, best first
   *[other] { $shown } passages, best first
}
search-found-best = The best { $shown } passages
search-found-by-meaning = { $count ->
    [one] No passage contains these words. The nearest one in meaning:
   *[other] No passage contains these words. The nearest in meaning:
}
filters-label = Filters
collection-label = Collection
collection-all = All collections
collection-counted = { $name } ({ $documents })
collection-counted-partly = { $name } ({ $searchable } of { $documents } searchable)
collection-top = Top folder
kind-label = File type
kind-all = All file types
kind-text = Text
kind-mail = Mail
kind-archive = Archive
kind-subtitles = Subtitles
kind-image = Picture
age-label = Changed
age-all = At any time
age-week = In the last 7 days
age-month = In the last 31 days
age-year = In the last 365 days

# Paging
paging-label = Pages
paging-previous = Previous
paging-next = Next
paging-place = Page { $page } of { $pages }

# Places
locator-part = in { $name }
locator-page = page { $number }
locator-ocr = recognised from a picture, { $confidence } % sure
locator-slide = slide { $number }
locator-sheet = sheet { $name }
locator-hidden = hidden
locator-time = { $from }–{ $to }
locator-row = row { $first }
locator-rows = rows { $first }–{ $last }
list-comma = ,{ " " }
list-words = ,{ " " }

# Documents
contents-title = Contents
table-label = Table
changed = Changed { $time }
original-open = Open the original
original-open-page = Open the original at page { $page }
original-download = Download the original
document-citation-gone = The document has changed since this was cited, and the passage is no longer in it. This is its text now.
document-pending-old = A newer version of this file is being read. This is the text of the version before.
document-duplicate = This file has the same content as another one, which is searched and cited in its place.
document-failed = This file could not be read: { $reason }
document-pages-lacking = { $count ->
    [one] { $shown } page could not be read. It is not searched.
   *[other] { $shown } pages could not be read. They are not searched.
}
document-empty-title = There is no text to show
document-empty-explained = The original can still be opened.
document-empty-pending-title = This file has not been read yet
document-empty-pending-explained = Its text appears here as soon as it has been read.

# Pictures of pages
picture-show = The page with what is cited
picture-alt = Page { $page } of { $title }
picture-alt-cited = The page of { $title } with what is cited
picture-absent = This page cannot be shown as a picture. The text says the same.
view-label = Show as
view-text = Text
view-pages = Pages
document-pages-later = The pages are being laid out. Load this page again in a moment; until then, this is the text.
document-pages-slow = Laying out the pages of this file takes too long. This is its text; the original can be opened.
document-pages-none = The pages of this file cannot be shown as pictures. This is its text; the original can be opened.
document-pages-unfound = It is not certain on which page the cited words stand. The text shows them.
document-sheet-large = This sheet is too large to be shown as one picture. Its rows stand in the text.
document-pages-hidden = { $count ->
    [one] { $shown } more page without text is not shown here. Open the original to see it.
   *[other] { $shown } more pages without text are not shown here. Open the original to see them.
}

revisions-title = Revisions
revisions-label = Controlled documents
revisions-in-force = In force
revisions-all = All revisions
revision-label = Revision
revision-standing = How it stands
revision-effective = In force from
revision-line = Revision { $revision }, { $standing }
revision-successor = Open the one in force
standing-in-force = in force
standing-superseded = superseded by revision { $revision }
standing-draft = draft
standing-to-come = not in force yet
standing-withdrawn = withdrawn
compare-title = Side by side
compare-with = Compare
compare-changes = { $count ->
    [one] { $shown } change
   *[other] { $shown } changes
}
compare-skipped = { $count ->
    [one] { $shown } line without a change
   *[other] { $shown } lines without a change
}
compare-cut = These documents are too long to be compared whole: only the first { $lines } lines of each are compared. What changed after them is not shown here.

# Library
library-title = Library
library-summary = { $documents }, { $searchable } of them searchable, with { $passages }.
library-text-label = Name or path contains
library-apply = Apply
library-none-title = No file fits these filters
library-all = Show all files
library-retry = Try again
file-password-give = Give the password
file-password-label = Password of this PDF
file-password-button = Open with it
file-password-wrong = This password does not open it.
file-password-kept = It is tried at once. If it opens the PDF, Gemba keeps it in its data folder, in a file that only the account of the server can read: pictures of pages and later versions need it again. The file itself stays as it is.
library-answered-by = See the file that answers for it
state-label = State
state-all = All
state-searchable = Searchable
state-failed = Failed
state-duplicate = Duplicate
state-pending = Waiting
sort-label = Order
sort-state = Failed first
sort-path = By path
sort-title = By title
sort-updated = Latest change first
sort-size = Largest first
sort-worst = Worst pages first
column-document = Document
column-pages = Pages
column-slides = Slides
column-sheets = Sheets
column-fate = What became of them
column-passages = Passages
column-size = Size
column-changed = Changed
ledger-title = What became of its pages
ledger-summary = { $searchable } of { $pages } can be searched
ledger-ocr = { $shown } recognised from pictures
ledger-doubtful = { $shown } of these with low confidence
ledger-picture = { $shown } pictures without text
ledger-failed = { $shown } could not be read
ledger-skipped = { $shown } left out
ledger-empty = { $shown } empty
ledger-whole = The whole file
ledger-none = This file has not been read yet
ledger-table = All pages as a table (CSV)
passed-title = What is passed over
passed-lead = Files and folders in the documents folder that are not read, and why. Of a folder, all that is in it.
passed-path = File or folder
passed-why = Why
passed-first = From the beginning
passed-table = As a table (CSV)
passed-next = Go on
passed-none = Nothing is passed over.
passed-none-yet = Nothing found so far. Go on to look further.
passed-none-more = Nothing more is passed over.
passed-format = Gemba does not read this format.
passed-rule = Left out by line { $line } of { $file }:
passed-hidden = Hidden: the name begins with a dot, or storage devices keep the folder for themselves.
passed-litter = Left behind by a program or a system, or a download that has not ended.
passed-link = A link: links are not followed.
passed-special = Neither a file nor a folder.
fate-text = Text of the file itself
fate-ocr = Recognised from a picture, { $confidence } % sure
fate-empty = Empty
fate-picture = A picture without text
fate-failed = Could not be read
fate-skipped = Left out
fate-pictures = Pictures among its text, some of which could not be recognised
fate-text-short = Text
fate-ocr-short = Recognised
fate-empty-short = Empty
fate-picture-short = Pictures
fate-failed-short = Failed
fate-skipped-short = Left out
status-idle = Up to date: every file of the folder has been read.
status-upkeep = The indexes are being put in order.
status-looking = Looking through the folder…
status-rebuilding = { $count ->
    [one] The index of { $shown } document is being rebuilt.
   *[other] The index of { $shown } documents is being rebuilt.
}
status-ignored = { $count ->
    [one] ({ $shown } file or folder is passed over.)
   *[other] ({ $shown } files and folders are passed over.)
}
status-unreadable = The folder { $path } cannot be read; what was known of it is kept.
status-unreachable = What is mounted at { $path } cannot be reached since { $time }. Its documents stay and answer as they were read last.
status-unreachable-short = not reachable
status-forget = Take its documents out
status-forget-explained = Only if it will not come back: its documents leave the library.
status-waiting = { $count ->
    [one] { $shown } file waits to be read.
   *[other] { $shown } files wait to be read.
}
status-reading = Reading { $path }
status-reading-more = Reading { $path }, { $waiting } more waiting
status-recognising = Recognising text in { $path }
status-recognising-more = Recognising text in { $path }, { $waiting } more waiting

# Errors
error-home = Go to the first page
error-not-found-title = There is nothing here
error-not-found-explained = The address is wrong, or the document has been deleted from the folder.
error-request-title = This request makes no sense
error-request-explained = Something in the address or the form cannot be read. Go back and try again.
error-cross-site-title = This came from another site
error-cross-site-explained = A page of another site tried to change something here. Nothing was changed.
error-host-title = Wrong address
error-host-explained = This server answers only to 127.0.0.1 and localhost. Open it under one of these names.
error-question-empty-title = The question is empty
error-question-empty-explained = Write what you want to know.
error-question-long-title = The question is too long
error-question-long-explained = Up to 2,000 characters are allowed. Please shorten it.
error-outside-title = This file is not served
error-outside-explained = It is a link that leads out of the documents folder.
error-no-page-title = There is no picture of this page
error-no-page-explained = The document has fewer pages, or it is no PDF. Open the original instead.
error-page-unread-title = The pages of this file cannot be shown
error-page-unread-explained = It has not been read: the library shows why. The original can still be opened.
error-page-changed-title = This file has changed
error-page-changed-explained = It is not the one that was read. Its pages can be seen as soon as the new version has been read; the library shows how that stands.
error-page-undrawable-title = This page cannot be drawn
error-page-undrawable-explained = The PDF is damaged or protected, or its page has an impossible size. Open the original instead.
error-page-slow-title = This page is not drawn yet
error-page-slow-explained = Drawing it takes too long, or too many others wait. Try again in a moment, or open the original.
error-comparing-title = Not compared yet
error-comparing-explained = Too many people are comparing documents. Try again in a moment.
error-page-library-title = Pages cannot be drawn
error-page-library-explained = A part of the program is missing. Tell your administrator to run the set-up again.
error-page-office-title = The pages of Office files cannot be shown
error-page-office-explained = LibreOffice is not installed here, which lays them out. The text is shown all the same, and the original can be opened.
error-model-title = The model cannot be used
error-model-explained = This model cannot be used: { $reason }
error-unreadable-title = The file cannot be opened
error-unreadable-explained = It exists, but this server may not read it or the drive is not there. Tell your administrator.
error-busy-title = The language model is busy
error-busy-explained = Too many people are waiting for it. Try again in a moment.
error-unwritten-title = The language model cannot write this answer
error-unwritten-explained = Ask again without it: the documents’ own words are always there.
error-server-title = Something went wrong
error-server-explained = The server’s log says more. Try again; if it stays so, tell your administrator.

# Accounts
role-staff = Staff
role-inspector = Inspector
role-administrator = Administrator
name-label = Name
password-label = Password
password-hint = At least 10 characters. A few words in a row are easy to remember and hard to guess.
sign-in-title = Sign in
sign-in-button = Sign in
sign-out = Sign out
set-up-title = Set up Gemba
set-up-lead = Make the first administrator. From then on everybody signs in, and Gemba can be opened from other machines.
set-up-shared = Everybody who signs in may read all folders.
set-up-shared-hint = Without this, nobody but administrators sees a folder until you grant it.
set-up-button = Make the account
account-title = Your account
account-none = There are no accounts yet: whoever sits at this machine may do everything. The server printed a link that makes the first administrator.
account-password-changed = The password was changed, and all other browsers were signed out.
sessions-title = Where you are signed in
sessions-lead = If you do not know one of these, sign it out and change your password.
session-current = this browser
session-end = Sign out
password-change-title = Change the password
password-old-label = Present password
password-new-label = New password
password-change-button = Change
error-sign-in-title = Sign in first
error-sign-in-explained = You are not signed in, or were signed out because you were away for long.
error-forbidden-title = Not for your role
error-forbidden-explained = Your role does not allow this. Ask an administrator.
error-wrong-title = Not signed in
error-wrong-explained = The name or the password is wrong.
error-throttled-title = Too many attempts
error-throttled-explained = { $count ->
    [one] There were too many attempts. Try again in { $shown } second.
   *[other] There were too many attempts. Try again in { $shown } seconds.
}
error-crowded-title = More people are signing in than can be let in at once
error-crowded-explained = More people are signing in at this moment than can be let in. Try again in a moment.
error-set-up-link-title = This link is not valid
error-set-up-link-explained = It was used already, or the server was started again since. Use the link that the server printed last; once there is an administrator, sign in.
error-password-title = Choose another password
error-password-explained = The password needs at least 10 characters, at most 256, and must not be the name.
error-name-title = Choose another name
error-name-explained = A name needs 1 to 100 characters.
error-taken-title = This name is taken
error-taken-explained = An account or a group of this name exists already. Choose another one.
error-last-administrator-title = The last administrator
error-last-administrator-explained = Nobody could run Gemba any more. Make another administrator first.
error-not-local-title = The password is kept elsewhere
error-not-local-explained = Another system vouches for this account. Change the password there.

# History
questions-count = { $count ->
    [one] { $shown } question
   *[other] { $shown } questions
}
history-title = Your conversations
history-none = You have not asked anything yet
history-change = Rename or delete
history-name-label = Name of the conversation
history-rename = Rename
history-delete = Delete
history-delete-hint = Its questions and answers are gone for good, and links to them lead nowhere.

# Kiosks
kiosks-title = Signs on machines
kiosks-lead = Whoever scans the sign asks and reads the documents of its folder and no others, without an account. So does anybody else who has the link.
kiosk-new-title = A new sign
kiosk-name-label = Machine or area
kiosk-folder-label = Folder of its documents
kiosk-folder-hint = Below the documents folder, for example machines/press-4
kiosk-add = Make the sign
kiosk-remove = Take out of use
kiosk-sign-lead = Scan this and ask the documents of this machine.
kiosk-sign-code = The code that leads to these documents
kiosk-sign-only-here = A phone cannot follow this link: this page was opened under an address that means this machine only. Open it under the address or the name by which other machines find Gemba, or set server.names in the configuration, before you print it.
error-kiosk-title = This sign is out of use
error-kiosk-explained = The link leads nowhere any more. Ask whoever looks after Gemba for a new sign.
error-folder-title = Choose another folder
error-folder-explained = Name a folder below the documents folder, for example machines/press-4.

# Why a file could not be read; the program says the same in English in its log and its API
part-reason = in { $part }: { $reason }
reason-empty = the file is empty: drop it again once it has content
reason-no-text = there is no text in this file: it may hold only pictures or point at other files; if it should have text, open it, check it and drop it again
reason-ocr-missing = the page is a picture and no text recognition is installed: install tesseract-ocr with its languages, then retry
reason-ocr-off = the page is a picture and text recognition is switched off: set ocr.enabled, then retry
reason-ocr-later = the page is a picture whose text is recognised in its turn: nothing needs to be done
reason-ocr-nothing = no text was recognised in the picture on this page: if there is some, scan it anew, larger or sharper, and drop the result
reason-ocr-slow = recognising this page took longer than { $seconds } s and was given up: raise ocr.page_seconds, then retry
reason-ocr-limit = recognising the pages of this file took longer than { $seconds } s, so this one was left out: split the file, or raise ocr.file_seconds and retry
reason-ocr-failed = the text recognition failed on this page ({ $detail }): retry, or scan the page anew
reason-garbled = the text of this page is garbled, as its fonts do not say which letters they draw, and could not be recognised: install tesseract-ocr with its languages and retry, or print the file to PDF anew
reason-garbled-unsure = the text of this page is garbled, as its fonts do not say which letters they draw, and what was recognised in its place is too unsure: print the file to PDF anew
reason-picture-too-large = the picture has { $megapixels } million pixels, more than the { $limit } that are read: scan it smaller and drop the result
reason-picture-form = the picture is kept in a form that is not read ({ $detail }): save it as PDF, or as TIFF with the compression G4, LZW or JPEG, and drop the result
reason-too-many-pictures = the document has more than { $limit } different pictures, and this page only those that were left out: split the file and drop its parts
reason-slide-of-pictures = the slide holds only pictures, which are not read: write what they say into its notes
reason-page-damaged = the page is damaged: open the file in its program, save it anew and drop it again
reason-not-text = this is not text: the file holds binary data; check that its name ends the way its content asks for, and drop it again
reason-too-large = the file has { $megabytes } MB, more than the { $limit } MB that are read of one file of this kind: split it, or raise the limit
reason-unpacks-too-large = this file unpacks to more than { $limit } MB, which no ordinary document does and some attacks do: it was not read; if it is genuine, split it
reason-compressed-too-well = this file is compressed { $ratio } to 1, which no ordinary document is and some attacks are: it was not read; if it is genuine, save it anew in its program and drop it again
reason-too-many-parts = this file has { $parts } parts inside, more than the { $limit } that are read: it was not read; if it is genuine, split it
reason-too-much-text = the file holds more than { $limit } million characters of text: split it, or raise the limit
reason-too-many-pages = the document has { $pages } pages, more than the { $limit } that are read of one file: split it, or raise the limit
reason-nested-too-deep = the content is nested more than { $limit } levels deep, which no ordinary document is: save it anew in its program and drop it again
reason-unread-format = this file has a format that is not read: where its text matters, save it as PDF and drop that
reason-too-deep = this file lies more than { $limit } levels deep in files within files and was not opened: unpack what is around it and drop the content
reason-timed-out = reading was given up after { $seconds } seconds: split the file, or save it anew in its program and drop it again
reason-memory = reading this file took more than the { $megabytes } MB of memory that one file is given: split it, or raise documents.max_parse_memory_megabytes, and retry
reason-not-started = no process could be started to read this file ({ $detail }): check that memory is left, then retry
reason-password = this { $what } asks for a password: remove the password and drop the file again
reason-pdf-password = this PDF asks for a password: an administrator can give it in the Library; or remove the password and drop the file again
reason-damaged = this { $what } is damaged or is not one: { $detail }; open it in its program, save it anew and drop it again
reason-old-office = this { $what } is in the old binary format of Office 97 to 2003: save it in the current format and drop it again
reason-forbidden = the file may not be read: give the account that Gemba runs under the right to read it, then retry
reason-gone = the file went away while it was read: nothing is left to do if that was meant, else drop it again
reason-io = the file could not be read ({ $detail }): check the disk or the network mount, then retry
reason-stopped = reading was stopped before the end: the file is read again later
reason-link = this is a symbolic link that leads out of the documents folder, or nowhere: such links are not followed; put the file itself into the folder
reason-name = the file’s name is not valid UTF-8 and cannot be shown or linked to: rename the file
reason-restless = the file keeps changing and was not read yet: it is read as soon as it stands still
reason-fatal = the server ended { $attempts } times while it read this file, so it is left alone: save it anew in its program and drop it again, or retry
reason-reader = the reader gave up on this file, which is probably damaged: open it in its program, save it anew and drop it again
reason-folder = the documents folder { $folder } cannot be read ({ $detail }): nothing was removed from the library; check that it exists, is mounted and may be read
reason-unmounted = the documents folder { $folder } is empty and { $point } is not mounted any more: nothing was removed from the library; mount it again
reason-disk-full = the disk of the data folder is full: free some space; the files that wait are read then
reason-server = { $detail }
what-PDF = PDF
what-image = image
what-Word-document = Word document
what-workbook = workbook
what-presentation = presentation
what-table-of-separated-values = table of separated values

error-everyone-title = This group is everybody
error-everyone-explained = Everybody who signs in belongs to this group, and it cannot be removed. Change what it may read.
error-disabled-title = This account is kept out
error-disabled-explained = Let it in first, then make the link.
error-link-title = This link is not valid
error-link-explained = It was used already, or its seven days are over. Ask an administrator for another one.
error-key-title = This key could not be made
error-key-explained = A key needs a name, at least one thing it may be used for that its holder may do, and 1 to 366 days.
invitation-title = Choose a password
invitation-lead = Your account is { $name }. Choose the password with which you sign in from now on.
invitation-button = Save and sign in
keys-title = Keys for programs
keys-lead = With a key, a program asks in your name. Give each program its own, so that you can revoke one without the others.
keys-lead-person = This person makes keys for themself. You can revoke them.
keys-lead-service = With a key, the program asks in the name of this account.
key-made = This is the key. Copy it now: it is not shown again.
key-use = Programs send it with every request:
key-ended = ended
key-until = good until { $time }
key-seen = last used: { $time }
key-revoke = Revoke…
key-revoke-sure = The program that uses it is shut out at once. This cannot be undone.
key-revoke-yes = Revoke the key
key-name-label = What is it for?
key-name-example = Shift report script
key-scopes-label = What may it do?
key-days-label = How long is it good?
key-make = Make a key
scope-ask = Ask
scope-search = Search
scope-library = Library
scope-upload = Library: uploads, retries
scope-review = Reviews
scope-administration = Administration
days-count = { $count ->
    [one] { $shown } day
   *[other] { $shown } days
}
never = never
save = Save

# Administration
nav-admin = Administration
admin-sections = Sections of the administration
admin-overview = Overview
admin-people = People
admin-groups = Groups
admin-audit = Audit log
admin-jobs = Jobs
admin-models = Models
admin-settings = Settings
admin-log = Log
admin-saved = Saved.
admin-removed = Removed.
attention-title = What needs attention
attention-none = Nothing at the moment.
attention-failed = { $count ->
    [one] { $shown } file could not be read.
   *[other] { $shown } files could not be read.
}
attention-lacking = { $count ->
    [one] { $shown } page could not be read and is not searched.
   *[other] { $shown } pages could not be read and are not searched.
}
attention-differing = { $count ->
    [one] { $shown } document is not in both indexes as the store has it, so that searches may miss it. Start Gemba again; if that does not help, stop it and run “gemba reindex”.
   *[other] { $shown } documents are not in both indexes as the store has them, so that searches may miss them. Start Gemba again; if that does not help, stop it and run “gemba reindex”.
}
attention-model = The language model { $name } could not be loaded: { $reason }
attention-disk = The disk is nearly full: { $free } are left.
attention-memory = Memory is scarce: { $free } are left.
overview-documents = Documents
overview-model-title = Language model
overview-model = { $name } writes the answers.
overview-queue = { $writing } being written, { $waiting } waiting
overview-storage = Storage
overview-machine = Machine
size-store = Store (texts, accounts, answers)
size-lexical = Word index
size-vectors = Vector index
size-printed = Pages of Office files
size-models = Models
size-disk = Disk
agreement-title = Store and indexes
agreement-looking = being compared
agreement-agree = agree
agreement-differ = { $count ->
    [one] { $shown } document differs
   *[other] { $shown } documents differ
}
agreement-unseen = could not be compared; the log says why
agreement-as-of = { $found } ({ $time })
free-of = { $free } of { $whole } free
machine-held = Memory that Gemba holds
machine-memory = Memory
machine-load = Load
machine-load-of = { $load } on { $cores } cores
machine-running = Running for
lasting-days = { $days } d { $hours } h
lasting-hours = { $hours } h { $minutes } min
people-count = { $count ->
    [one] { $shown } account
   *[other] { $shown } accounts
}
people-search-label = Name contains
role-label = Role
reads-label = Reads
reads-everything = everything
reads-nothing = nothing yet
seen-label = Last here
person-in = May come in
person-out = Kept out
person-invited = Invited
person-service = Program
person-add-title = Add somebody
person-add-button = Add
person-add-hint = A person gets a link, good once and for seven days, and chooses the password. A program gets keys.
person-kind-label = For
person-kind-person = a person
person-kind-service = a program
person-standing-title = Role and entry
person-let-in = May come in
person-let-in-hint = Without this, all sessions end at once and keys stop working.
person-entry-title = Sign-in
person-link-hint = For somebody who forgot the password or has none yet: a link to choose one, good once and for seven days.
person-link-until = A link is out that is good until { $time }; a new one replaces it.
person-link-button = Make a link
person-sign-out = Sign out everywhere
person-history = What was done
link-made = Send this link to { $name }. It is not shown again, is good once and for seven days.
group-everyone = Everyone
groups-none = There are no groups yet.
group-add-title = Add a group
group-add-button = Add
group-role-label = Members are at least
group-external-label = Group of the directory (optional)
group-remove = Remove…
group-remove-sure = { $name } is removed with its memberships and grants. This cannot be undone.
group-remove-yes = Remove the group
grants-title = What groups may read
grants-lead = Tick and save a row. Administrators read everything in any case.
grants-everything = All collections, also those to come
grants-gone = (no file)
members-title = Members
members-count = { $count ->
    [one] { $shown } member
   *[other] { $shown } members
}
members-change = Change members
audit-count = { $count ->
    [one] { $shown } entry
   *[other] { $shown } entries
}
audit-export = Export as CSV
audit-text-label = Contains
audit-person-label = Who
audit-action-label = Action
audit-what-label = What
audit-from-label = From
audit-to-label = To
audit-time-label = When
audit-all = All actions
audit-machine = At the machine
audit-passages = { $count ->
    [one] { $shown } passage was shown
   *[other] { $shown } passages were shown
}
audit-generation = generation { $generation }, passages { $passages }
audit-asked = Asked
audit-searched = Searched
audit-answer-opened = Opened an answer
audit-read = Read a document
audit-page-seen = Saw a page as a picture
audit-opened = Opened an original
audit-signed-in = Signed in
audit-sign-in-failed = Sign-in failed
audit-signed-out = Signed out
audit-sessions-ended = Ended sessions
audit-set-up = Set up Gemba
audit-password-changed = Changed the own password
audit-link-used = Chose a password by a link
audit-account-added = Added an account
audit-account-changed = Changed an account
audit-password-reset = Reset a password
audit-link-made = Made a link for a password
audit-group-added = Added a group
audit-group-removed = Removed a group
audit-member-added = Added a member
audit-member-removed = Removed a member
audit-granted = Granted
audit-revoked = Revoked a grant
audit-kiosk-added = Made a sign for a machine
audit-kiosk-removed = Took a sign out of use
audit-key-made = Made a key
audit-key-revoked = Revoked a key
audit-retried = Had a file read again
audit-file-password-given = Gave the password of a file
audit-mount-forgotten = Took the documents of a mount out
audit-indexes-ordered = Had the indexes put in order
audit-uploaded = Uploaded a file
audit-file-replaced = Replaced a file by an upload
audit-model-chosen = Chose the language model
audit-verified = Verified an answer
audit-verified-deleted = Deleted a verified answer
audit-concern-settled = Was done with a question
audit-missing-named = Named a missing document
audit-missing-ended = Took a missing document off
audit-exported = Exported the audit log
jobs-watching = Changes are noticed
jobs-walked = Folder looked through
jobs-settling = Files that are still being copied
jobs-rebuilding = Documents being put into an index again
jobs-upkeep = Indexes
upkeep-regular = kept in order every few minutes
upkeep-asked = put in order once all files are read
upkeep-vectors = the vector index is being compacted
upkeep-words = the word index is being merged
upkeep-ended = put in order { $time }
upkeep-failed = could not be put in order; the log says why
upkeep-explained = Deleted and old parts of the indexes are cleared away by themselves. After large changes it can be done at once; searches go on meanwhile.
upkeep-button = Put the indexes in order
jobs-waiting = Waiting to be read
jobs-more = { $count ->
    [one] and { $shown } more
   *[other] and { $shown } more
}
models-none = No language model is in use: answers are quoted word for word.
models-model = Model
models-state = State
models-size = Size
models-memory = Memory for one answer
models-languages = Languages
models-licence = Licence
models-any = any
models-about = about { $size }
models-loaded = loaded, writes
models-loading = being loaded
models-failed = could not be loaded
models-chosen = chosen
models-installed = installed
models-absent = not installed
models-broken = damaged
models-install = To install it:
models-use = Use
models-use-yes = Use { $name }
models-wait = { $name } does not fit into memory beside the model that writes now. Answers are quoted until it is loaded, about { $seconds } s.
models-end = Use no model
models-end-explained = Without a model, answers are the documents’ own sentences.
models-lead = Models are installed and removed on the command line of this machine: nothing is downloaded from here.
watching-off = not at all
watching-events = at once
watching-polling = by looking again and again (network drive)
settings-lead = Settings are changed in the configuration file, the environment or on the command line, and are read when Gemba starts.
settings-key = Key
settings-value = Value
settings-source = Where it comes from
settings-default = default
log-lead = The last lines of the log, the newest first. Questions and secrets are not in it.
log-none = Nothing was logged yet.
# The company’s accounts, and encryption
error-occupied-title = This name is taken
error-occupied-explained = There is an account { $name } here already that belongs to somebody else. An administrator can give it another name or remove it.
error-directory-title = The company’s directory does not answer
error-directory-explained = The company’s directory could not be asked, so your password was not compared. Try again in a while, or tell your administrator. Accounts that are kept here can sign in.
set-up-done-title = The account is made
set-up-done-lead = From now on Gemba listens on the network, encrypted, and everybody signs in there.
set-up-done-warning = Your browser will warn once, because Gemba made its certificate itself. It is the right one if the browser shows this SHA-256 fingerprint:
sign-in-with = Sign in with { $label }
sign-in-company = Sign in with the company account
sign-in-or = or with a name and a password
error-kept-out-title = This account may not come in
error-kept-out-explained = An administrator of Gemba has closed it. Ask there.
error-provider-title = The provider does not answer
error-provider-explained = The company’s sign-in page could not be reached. Try again in a while, or tell your administrator. Accounts that are kept here can sign in.
error-provider-stale-title = This sign-in has ended
error-provider-stale-explained = It took too long, was used already, or began in another browser. Begin again.
error-provider-refused-title = You were not signed in
error-provider-refused-explained = The company’s sign-in page says: { $said }
error-provider-untrusted-title = The provider’s answer is not valid
error-provider-untrusted-explained = What the company’s sign-in page says about you could not be verified, so you were not signed in. Try again; if it stays so, tell your administrator: the server’s log says more.
error-name-of-server-title = This server does not know this name
error-name-of-server-explained = Open Gemba by its address or by the name of its machine. An administrator can add other names to the configuration (server.names).
# Reviews
opinion-title = Was this right?
opinion-yes = Yes
opinion-no = No
opinion-said-right = You said that this is right.
opinion-said-wrong = You said that this is not right.
opinion-is-right = It is right
opinion-is-wrong = It is not right
opinion-why = What is wrong with it?
opinion-comment = In your own words
opinion-save = Save
complaint-wrong = It is wrong
complaint-outdated = It is out of date
complaint-off-topic = It is not what I asked
complaint-unsupported = The source does not say so
error-too-long-title = The text is too long
error-too-long-explained = Nothing was saved. Go back and shorten it.
nav-inbox = Inbox
verified-label = Verified answer
verified-by = Verified by { $name } on { $date }
verified-by-machine = Verified at this machine on { $date }
verified-until = holds until { $date }
verified-kept = This is how it stood when the question was asked. Ask again to see whether it still holds.
verified-title = Verified answers
verified-lead = Shown first to those who ask the same, as long as the documents behind them stay as they are.
verified-new = Write a verified answer
verified-in-force = In force
verified-withdrawn = Withdrawn
verified-expired = Expired
verified-text-label = Question or text contains
verified-owner-label = Verified by
verified-owner-all = Everybody
verified-owner-me = Me
verified-none-title = There are no verified answers yet
verified-none-explained = Open an answer or a question of the inbox and verify it there.
verified-none-filtered = No verified answer fits these filters
verify-answer = Verify this answer
verify-title = Verified answer
verify-lead = You stand for this answer with your name. It is shown only to people who may read every document that it rests on.
verify-again = Until it is verified again it is not shown. Check the sentences against the text as it is now.
verify-questions = Questions that it answers
verify-questions-hint = One a line, as people ask. The first is the title; add other ways to put it below.
verify-text = Answer
verify-text-hint = End each sentence with the number of at least one passage below, such as [1].
verify-passages = Passages to cite
verify-passages-none = None yet. Search for the passages that say so.
verify-passage-gone = The document of this passage has changed, or it is gone. Cite another one.
verify-find = Search for more passages
verify-found-none = Nothing was found that is not listed already.
verify-add = Add those ticked
verify-months = Holds for
verify-save = Verify
verify-delete = Delete this verified answer
change-changed = “{ $title }” says something else now.
change-moved = “{ $title }” was moved to { $to }.
change-gone = “{ $title }” is no longer there.
change-expired = Its time was over on { $date }.
inbox-title = Inbox
inbox-lead = Questions that the documents did not answer well, the newest first.
inbox-sections = Review
inbox-waiting-title = Verified answers that are not shown any more
inbox-questions-title = Questions
inbox-all = All
inbox-newest = Newest first
inbox-frequent = Most frequent first
inbox-asked = { $count } questions alike
inbox-none-title = Nothing waits for you
inbox-none-explained = Questions that are refused, disliked or poorly supported appear here.
inbox-none-filtered = No question fits this filter
kind-refused = Not answered
kind-doubtful = Doubtful sentences
kind-disliked = Said to be not right
group-verify = Write a verified answer
group-dismiss = Nothing to do
group-asked = As it was asked
group-said = What was answered last
group-missing-title = Is a document missing?
group-missing-explained = Name the document that would answer this. Administrators see the list.
group-missing-by = Named by { $name }.
group-missing-label = The document that is missing
missing-title = Missing documents
missing-lead = What inspectors say would have answered questions.
missing-none = No document was named
missing-end = Done
error-review-gone-title = There is nothing here any more
error-review-gone-explained = It was deleted or done with, or it rests on documents that you may not read.
error-verified-empty-title = The answer is empty
error-verified-empty-explained = Write at least one sentence.
error-verified-uncited-title = A sentence cites nothing
error-verified-uncited-explained = This sentence cites no passage: “{ $sentence }” End it with the number of a passage, such as [1].
error-verified-many-title = Too much for one answer
error-verified-many-explained = A verified answer has at most 20 questions, 40 sentences and 40 passages to choose from.
error-verified-passage-title = A passage is gone
error-verified-passage-explained = A passage that you cite is not there any more, because its document has changed. Cite another one.
error-verified-months-title = Until when does it hold?
error-verified-months-explained = Choose for how long the answer holds: 1, 3, 6, 12, 24 or 36 months.
months-count = { $count ->
    [one] { $shown } month
   *[other] { $shown } months
}
concern-refused = { $shown } not answered
concern-doubtful = { $shown } doubtful
concern-disliked = { $shown } not right

# Uploads
upload-title = Upload files
upload-folder = Into the folder
upload-new-folder = Or into a new folder
upload-existing = If there is a file of the same name
upload-existing-stays = Leave it, and tell me
upload-existing-beside = Keep both
upload-existing-replaced = Replace it
upload-files = Choose files, or drop them here
upload-hint = { $kinds }; up to { $limit } each.
upload-button = Upload
upload-list = Files of this upload
upload-none = No file was chosen. Go back and choose one.
upload-waiting = Waiting for the files before it
upload-checking = Comparing it with the library…
upload-sending = { $done } of { $size } sent
upload-lost = The connection is lost. It goes on from here as soon as it is back.
upload-arrived = Arrived. It can be asked about as soon as it is read.
upload-ready = Can be asked about now
upload-unreadable = The file cannot be read. Is it open in another program, or was it moved?
upload-same = Not sent: this very file is there already.
upload-twin = The library has this very file already, as { $path }.
upload-left = Not sent
upload-failed = The server’s answer cannot be read. Try again.
upload-anyway = Send it anyway
upload-skip = Do not send it
upload-stop = Stop
upload-again = Try again
error-upload-name-title = This name cannot be used
error-upload-name-explained = Programs leave files with such names beside documents, and the library leaves them out. Give the file another name.
error-upload-kind-title = This format cannot be read
error-upload-kind-explained = Not sent: { $name } is of a format that Gemba cannot read.
error-upload-large-title = The file is too large
error-upload-large-explained = Not sent: a file may have { $limit }. An administrator can change that (documents.max_file_megabytes).
error-upload-folder-title = Choose another name for the folder
error-upload-folder-explained = A folder needs a name without slashes that does not begin with a dot, and must not be a link.
error-upload-room-title = The disk is full
error-upload-room-explained = The disk of the documents folder has no room for this file. Free some space, then send it again.
error-upload-read-only-title = The documents folder cannot be written
error-upload-read-only-explained = Gemba may read the documents folder, but not write into it. Give the account that it runs under the right to, or put the file into the folder yourself.
error-upload-taken-title = There is such a file already
error-upload-taken-explained = { $path } is there already, and was left as it is.
error-not-locked-title = This file asks for no password
error-not-locked-explained = It was read meanwhile, or fails for another reason. Its state in the Library says how it stands.
error-file-password-title = The password does not open it
error-file-password-explained = This password does not open the file. Nothing was kept.
error-upload-offset-title = The pieces do not fit together
error-upload-offset-explained = A part of the file has not arrived. Send it again: it goes on where it ended.
error-upload-changed-title = The file changed while it was sent
error-upload-changed-explained = What arrived is not the file that was announced, so it was not kept. Send it again.
error-upload-excluded-title = The library leaves this out
error-upload-excluded-explained = Not sent: a .gembaignore file in the documents folder leaves { $path } out of the library.
error-upload-unreachable-title = The drive is not there
error-upload-unreachable-explained = Not sent: the drive on which { $path } would lie cannot be reached at this moment. Send it when it is back.
