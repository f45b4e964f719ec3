"""The desk as a person uses it: fields are filled, buttons and tabs are clicked."""

from __future__ import annotations

HOLDS = "([fieldname, value]) => String(cur_frm.doc[fieldname] ?? '') === value"
READY = "!window.frappe.request || !frappe.request.ajax_count"


class ChannelForm:
	"""The form of an Email Channel on a page."""

	def __init__(self, page) -> None:
		self.page = page

	def open(self, name: str = "new-email-channel-1") -> ChannelForm:
		"""Go to a channel's form, or to a new one."""
		self.page.goto(f"/app/email-channel/{name}")
		return self.wait()

	def wait(self) -> ChannelForm:
		"""Wait until the form is there and nothing is being asked."""
		self.page.wait_for_function(
			"window.cur_frm && cur_frm.doctype === 'Email Channel' && cur_frm.fields_dict.host"
		)
		self.page.wait_for_function(READY)
		return self

	@property
	def doc(self) -> dict:
		"""What the form holds."""
		return self.page.evaluate("cur_frm.doc")

	def fill(self, **values) -> None:
		"""Type into fields, leave each, and see that the form has taken it."""
		for fieldname, value in values.items():
			box = self.field(fieldname).locator("input, textarea").first
			box.fill(str(value))
			box.blur()
			self.page.wait_for_function(HOLDS, arg=[fieldname, str(value)])
			self.page.wait_for_function(READY)
			self.page.wait_for_function(
				"([fieldname, value]) => String(cur_frm.doc[fieldname]) === value",
				arg=[fieldname, str(value)],
			)

	def choose(self, fieldname: str, option: str) -> None:
		"""Pick an option of a list."""
		self.field(fieldname).locator("select").select_option(option)

	def link(self, fieldname: str, text: str, option: str) -> None:
		"""Type into a link field and take one of what it finds."""
		box = self.field(fieldname).locator("input").first
		box.click()
		box.fill(text)
		self.field(fieldname).locator("[role=listbox] [role=option], .awesomplete li").get_by_text(
			option, exact=True
		).first.click()
		self.page.wait_for_function(READY)

	def field(self, fieldname: str):
		"""A field's control."""
		return self.page.locator(f".form-page [data-fieldname={fieldname}]:visible").first

	def tab(self, name: str) -> None:
		"""Turn to a tab."""
		self.page.get_by_role("tab", name=name, exact=True).click()

	def click(self, button: str) -> None:
		"""Click one of the form's buttons."""
		self.page.locator(".page-head:visible").get_by_role("button", name=button, exact=True).click()

	def save(self) -> None:
		"""Save, and wait until it is."""
		self.click("Save")
		self.page.wait_for_function("!cur_frm.is_dirty() && !cur_frm.is_new()")
		self.wait()

	def primary_buttons(self) -> list[str]:
		"""The labels of the buttons that stand out; there should be one."""
		buttons = self.page.locator(".page-head:visible .btn-primary:visible")
		return [text.strip() for text in buttons.all_inner_texts() if text.strip()]

	def headline(self) -> str:
		"""What stands above the form."""
		return self.page.locator(".form-dashboard-headline:visible, .form-message:visible").first.inner_text()


def dialog(page):
	"""The dialog that is open."""
	return page.locator(".modal.show:visible").last


def close_dialog(page) -> None:
	"""Close the dialog that is open."""
	dialog(page).locator(".btn-modal-close, .modal-header .close").first.click()
	page.locator(".modal.show").wait_for(state="hidden")
