// The queue an administrator works from: what became of each message, and what to do about the failed ones.

const API = "helpdesk_mailchannel.ticketing.api.";

const FATE_COLORS = {
	Ticket: "green",
	Reply: "blue",
	Duplicate: "gray",
	Excluded: "yellow",
	Failed: "red",
	Gone: "gray",
};

frappe.listview_settings["Email Channel Message"] = {
	add_fields: ["fate", "state", "subject", "ticket_doctype"],
	hide_name_column: true,
	hide_name_filter: true,

	get_indicator(doc) {
		if (doc.fate) {
			return [__(doc.fate), FATE_COLORS[doc.fate], `fate,=,${doc.fate}`];
		}
		return [__("In Work"), "orange", "fate,=,"];
	},

	onload(list) {
		frappe.require("logtypes.bundle.js", () => {
			frappe.utils.logtypes.show_log_retention_message(list.doctype);
		});
		list.page.add_actions_menu_item(__("Retry"), () => act(list, "retry"));
		list.page.add_actions_menu_item(__("Discard"), () =>
			frappe.confirm(__("Discard the chosen messages? No tickets are made of them."), () =>
				act(list, "discard")
			)
		);
	},
};

async function act(list, what) {
	const failed = list.get_checked_items().filter((doc) => doc.fate === "Failed");
	if (!failed.length) {
		frappe.show_alert({ message: __("Only failed messages can be retried or discarded."), indicator: "orange" });
		return;
	}
	await frappe.xcall(API + what, { names: failed.map((doc) => doc.name) });
	list.clear_checked_items();
	list.refresh();
}
