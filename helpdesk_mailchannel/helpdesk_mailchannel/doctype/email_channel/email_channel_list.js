// One word for how a channel is: its status, and while it is active its health.

const HEALTH_COLORS = {
	"Not Polled Yet": "blue",
	Connected: "green",
	"Cooling Off": "orange",
	"Needs Authorization": "red",
	Failing: "red",
};

frappe.listview_settings["Email Channel"] = {
	add_fields: ["status", "health", "failed", "waiting"],
	hide_name_column: true,

	get_indicator(doc) {
		if (doc.status === "Active") {
			return [__(doc.health), HEALTH_COLORS[doc.health], `status,=,Active|health,=,${doc.health}`];
		}
		const color = doc.status === "Paused" ? "yellow" : "gray";
		return [__(doc.status), color, `status,=,${doc.status}`];
	},

	formatters: {
		failed: (count) => (count ? `<span class="text-danger bold">${count}</span>` : "0"),
	},
};
