// What a person can do about one message. Failed ones wait for exactly this.

const API = "helpdesk_mailchannel.ticketing.desk.api.";

frappe.ui.form.on("Email Channel Message", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.original) {
			frm.add_custom_button(__("Download Original"), () =>
				window.open(
					`/api/method/${API}download_original?name=${encodeURIComponent(frm.doc.name)}`
				)
			);
		}
		if (frm.doc.fate !== "Failed") {
			return;
		}
		if (frm.doc.retry_requested) {
			frm.dashboard.set_headline(__("It is tried again with the next poll."));
			return;
		}
		frm.add_custom_button(__("Discard"), () =>
			frappe.confirm(__("Discard this message? No ticket is made of it."), () =>
				act(frm, "discard")
			)
		);
		frm.add_custom_button(__("Retry"), () => act(frm, "retry"));
		frm.change_custom_button_type(__("Retry"), null, "primary");
	},
});

async function act(frm, what) {
	await frappe.xcall(API + what, { names: [frm.doc.name] });
	frm.reload_doc();
}
