frappe.listview_settings["Email Channel Run"] = {
	hide_name_column: true,
	add_fields: ["error_details"],

	formatters: {
		trouble_code: (code, _df, doc) =>
			mailchannel.column(mailchannel.why("troubles", code, doc.error_details)),
	},

	onload(list) {
		mailchannel.head_column(list, "trouble_code", __("Error"));
		frappe.require("logtypes.bundle.js", () => {
			frappe.utils.logtypes.show_log_retention_message(list.doctype);
		});
	},
};
