"""Which folders of a mailbox are read."""

from helpdesk_mailchannel.mailcore.model import RemoteFolder
from helpdesk_mailchannel.mailcore.routes import routes
from helpdesk_mailchannel.mailcore.settings import FolderRoute, ReadingSettings

ROUTE = FolderRoute("INBOX", "Done", "Failed", "Excluded")


def test_a_folder_whose_name_holds_markup_is_not_read():
	reading = ReadingSettings((ROUTE,), all_folders=True)
	folders = [RemoteFolder("INBOX"), RemoteFolder("<img src=x>"), RemoteFolder("R&D")]
	assert [route.read for route in routes(reading, folders)] == ["INBOX", "R&D"]


def test_all_folders_but_the_special_and_the_outcome_ones_are_read():
	reading = ReadingSettings((ROUTE,), all_folders=True)
	names = [("INBOX", ""), ("Sales", ""), ("Sent", "\\Sent"), ("Done", ""), ("Junk", "\\Junk")]
	found = routes(reading, [RemoteFolder(name, use) for name, use in names])
	assert [route.read for route in found] == ["INBOX", "Sales"]
	assert found[1].success == "Done"
