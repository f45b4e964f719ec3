// The queue an administrator works from: what became of each message, and what to do about the failed ones.

const API = "helpdesk_mailchannel.ticketing.desk.api.";

const FATE_COLORS = {
	Ticket: "green",
	Reply: "blue",
	Duplicate: "gray",
	Excluded: "yellow",
	Failed: "red",
	Gone: "gray",
};

frappe.listview_settings["Email Channel Message"] = {
	add_fields: ["fate", "state", "subject", "ticket_doctype", "reason_code", "reason_details"],
	hide_name_column: true,
	hide_name_filter: true,

	formatters: {
		reason_code: (code, _df, doc) =>
			mailchannel.column(mailchannel.why("reasons", code, doc.reason_details)),
	},

	get_indicator(doc) {
		if (doc.fate) {
			return [__(doc.fate), FATE_COLORS[doc.fate], `fate,=,${doc.fate}`];
		}
		return [__("In Work"), "orange", "fate,=,"];
	},

	onload(list) {
		mailchannel.head_column(list, "reason_code", __("Reason"));
		if (list.view_name === "List") add_reason_filter(list);
		frappe.require("logtypes.bundle.js", () => {
			frappe.utils.logtypes.show_log_retention_message(list.doctype);
		});
		list.page.add_actions_menu_item(__("Retry"), () =>
			act(list, "retry", (count) => __("{0} messages are tried again with the next poll.", [count]))
		);
		list.page.add_actions_menu_item(__("Discard"), () =>
			frappe.confirm(__("Discard the chosen messages? No tickets are made of them."), () =>
				act(list, "discard", (count) => __("{0} messages discarded.", [count]))
			)
		);
	},
};

// Beside the standard filters: those of a Select would offer the codes as they are stored.
function add_reason_filter(list) {
	const field = {
		fieldtype: "Select",
		fieldname: "reason_code",
		label: __("Reason"),
		options: [{ value: "", label: "" }, ...mailchannel.choices("reasons")],
		condition: "=",
		is_filter: 1,
		onchange: () => list.filter_area.refresh_list_view(),
	};
	list.page.add_field(field, list.filter_area.standard_filters_wrapper);
}

async function act(list, what, told) {
	const failed = list.get_checked_items().filter((doc) => doc.fate === "Failed");
	if (!failed.length) {
		frappe.show_alert({ message: __("Only failed messages can be retried or discarded."), indicator: "orange" });
		return;
	}
	const count = await frappe.xcall(API + what, { names: failed.map((doc) => doc.name) });
	frappe.show_alert({ message: told(count), indicator: "green" });
	list.clear_checked_items();
	list.refresh();
}
