frappe.listview_settings["Email Channel Run"] = {
	hide_name_column: true,

	onload(list) {
		frappe.require("logtypes.bundle.js", () => {
			frappe.utils.logtypes.show_log_retention_message(list.doctype);
		});
	},
};
