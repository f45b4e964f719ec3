// The form of a channel: it proposes, explains and offers the one next step. What is right or wrong, and what
// is missing, the server says (checks.py, missing.py); what the buttons do is done by ticketing/desk/api.py.

const API = "helpdesk_mailchannel.ticketing.desk.api.";
const AUTHORIZE = "helpdesk_mailchannel.ticketing.desk.authorize.authorize";
const FORM = "helpdesk_mailchannel.ticketing.desk.form.";

const SECRETS = ["password", "client_secret", "refresh_token"];

// Known providers, by the domain of the address and by the host's name.
const PROVIDERS = [
	{
		domains: ["outlook.com", "hotmail.com", "live.com", "msn.com"],
		hosts: ["outlook.office365.com", "outlook.office.com", "imap-mail.outlook.com"],
		values: { sign_in: "OAuth", oauth_provider: "Microsoft" },
		host: { IMAP: "outlook.office365.com", POP3: "outlook.office365.com" },
	},
	{
		domains: ["gmail.com", "googlemail.com"],
		hosts: ["imap.gmail.com", "pop.gmail.com", "imap.googlemail.com", "pop.googlemail.com"],
		values: { sign_in: "OAuth", oauth_provider: "Google" },
		host: { IMAP: "imap.gmail.com", POP3: "pop.gmail.com" },
	},
];

const EXISTING_MAIL = {
	"Start from Now": __("They are left untouched; only mail that comes from now on is read."),
	"File as Open": __("Each becomes an open ticket, as if it had just arrived."),
	"File as Closed": __("Each becomes a closed ticket. The notifications and assignment rules of your site apply to it."),
};

frappe.ui.form.on("Email Channel", {
	setup(frm) {
		frm.default_ports = frappe.xcall(FORM + "default_ports");
		frm.set_query("target_doctype", () => ({ query: FORM + "ticket_doctypes" }));
		frm.set_query("outgoing_account", () => ({ query: FORM + "outgoing_accounts" }));
		// Tickets come by mail here: the Connections only show them.
		const never = () => false;
		frm.can_make_methods = { Issue: never, "HD Ticket": never };
		$(frm.wrapper).on("dirty", () => let_one_button_stand_out(frm));
		// Judging a password sends it to the server with each key, and calls a mail provider's password weak.
		SECRETS.forEach((fieldname) => frm.fields_dict[fieldname]?.disable_password_checks?.());
	},

	onload(frm) {
		if (frm.is_new()) {
			propose(frm);
		}
	},

	refresh(frm) {
		offer_choices(frm);
		lock_target(frm);
		load_ticket_fields(frm);
		add_folder_picker(frm);
		show_what_is_missing(frm);
		show_headline(frm);
		show_sign_in(frm);
		add_buttons(frm);
		let_one_button_stand_out(frm);
	},

	email_address(frm) {
		const domain = (frm.doc.email_address || "").split("@").pop().toLowerCase();
		const provider = PROVIDERS.find((known) => known.domains.includes(domain));
		if (provider && !frm.doc.host) {
			frm.set_value({ host: provider.host[frm.doc.protocol], ...provider.values });
		}
	},

	host(frm) {
		const host = (frm.doc.host || "").trim().toLowerCase();
		const provider = PROVIDERS.find((known) => known.hosts.includes(host));
		if (provider && !frm.doc.password) {
			frm.set_value(provider.values);
		}
		offer_choices(frm);
	},

	protocol(frm) {
		follow_port(frm);
		if (frm.doc.protocol === "POP3" && !["Delete", "Leave in Place"].includes(frm.doc.after_processing)) {
			frm.set_value("after_processing", "Leave in Place");
		}
		offer_choices(frm);
	},

	security: follow_port,

	target_doctype(frm) {
		frm.clear_table("field_mapping");
		frm.clear_table("updatable_types");
		frm.refresh_fields(["field_mapping", "updatable_types"]);
		load_ticket_fields(frm, true);
	},
});

// ── What the form proposes ──────────────────────────────────────────────────────────────────────────

async function propose(frm) {
	const proposal = await frappe.xcall(FORM + "proposal");
	if (!frm.doc.folder_mapping?.length) {
		frm.add_child("folder_mapping", proposal.route);
		frm.refresh_field("folder_mapping");
	}
	frm.doc.redirect_url = proposal.redirect_url;
	frm.refresh_field("redirect_url");
	if (!frm.doc.target_doctype && proposal.target_doctype) {
		frm.set_value("target_doctype", proposal.target_doctype);
	}
}

async function follow_port(frm) {
	const usual = await frm.default_ports;
	const known = Object.values(usual).flatMap((ports) => Object.values(ports));
	if (!frm.doc.port || known.includes(frm.doc.port)) {
		frm.set_value("port", usual[frm.doc.protocol][frm.doc.security]);
	}
}

function offer_choices(frm) {
	const pop3 = frm.doc.protocol === "POP3";
	frm.set_df_property(
		"after_processing",
		"options",
		pop3 ? ["Delete", "Leave in Place"] : ["Move", "Mark as Read", "Delete", "Leave in Place"]
	);
	const loopback = ["localhost", "127.0.0.1", "::1"].includes(frm.doc.host);
	const plain = loopback || frm.doc.__onload?.plain_allowed || frm.doc.security === "None";
	frm.set_df_property("security", "options", plain ? ["TLS", "STARTTLS", "None"] : ["TLS", "STARTTLS"]);
}

function lock_target(frm) {
	const filed = frm.doc.__onload?.has_filed;
	frm.set_df_property("target_doctype", "read_only", filed ? 1 : 0);
}

async function load_ticket_fields(frm, with_defaults = false) {
	const doctype = frm.doc.target_doctype;
	if (!doctype) {
		return;
	}
	const ticket = await frappe.xcall(FORM + "ticket_fields", { doctype });
	if (doctype !== frm.doc.target_doctype) {
		return; // Another one was chosen while the server answered.
	}
	set_grid_options(frm, "field_mapping", "ticket_field", ticket.fields);
	set_grid_options(frm, "updatable_types", "ticket_type", ticket.types);
	show_labels(frm, ticket.fields);
	show_as_text("source_argument", "default_value");
	frm.toggle_display(["types_section", "updatable_types"], ticket.has_types);
	if (with_defaults && !frm.doc.field_mapping?.length) {
		ticket.default_rows.forEach((row) => frm.add_child("field_mapping", row));
	}
	frm.refresh_field("field_mapping");
}

// The table shows a field by its label, with a star where the ticket insists on it.
function show_labels(frm, fields) {
	const labels = Object.fromEntries(fields.map(({ value, label }) => [value, __(label)]));
	frappe.meta.docfield_map["Field Mapping"].ticket_field.formatter = (value) => {
		const row = (frm.doc.field_mapping || []).find((row) => row.ticket_field === value);
		return (labels[value] || value || "") + (row?.required ? " *" : "");
	};
}

// A table's cells show what a browser makes of their text: of (?P<value>…) only half.
function show_as_text(...fieldnames) {
	fieldnames.forEach((fieldname) => {
		frappe.meta.docfield_map["Field Mapping"][fieldname].formatter = (value) =>
			frappe.utils.escape_html(value || "");
	});
}

function set_grid_options(frm, table, fieldname, options) {
	frm.fields_dict[table].grid.update_docfield_property(fieldname, "options", options);
}

// ── Folders ─────────────────────────────────────────────────────────────────────────────────────────

function add_folder_picker(frm) {
	const grid = frm.fields_dict.folder_mapping.grid;
	grid.add_custom_button(__("Pick from Server"), () => pick_folders(frm));
}

async function pick_folders(frm) {
	const folders = await frappe.xcall(API + "list_folders", { channel: frm.doc });
	const names = folders.filter((folder) => folder.selectable).map((folder) => folder.name);
	const read = frm.doc.folder_mapping.map((row) => row.read_folder);
	const first = frm.doc.folder_mapping[0] || {};
	const outcome = (fieldname, label) => ({
		fieldname,
		label,
		fieldtype: "Autocomplete",
		options: names,
		ignore_validation: 1,
		default: first[fieldname],
		description: __("A name that does not exist yet is created."),
	});
	const dialog = new frappe.ui.Dialog({
		title: __("Folders of the Mailbox"),
		fields: [
			{
				fieldname: "read",
				label: __("Read These Folders"),
				fieldtype: "MultiCheck",
				columns: 2,
				options: names.map((name) => ({ label: name, value: name, checked: read.includes(name) })),
			},
			{ fieldtype: "Section Break", label: __("Where Their Messages Go") },
			outcome("success_folder", __("Success Folder")),
			outcome("failure_folder", __("Failure Folder")),
			outcome("exclusion_folder", __("Exclusion Folder")),
		],
		primary_action_label: __("Use These Folders"),
		primary_action(values) {
			const { success_folder, failure_folder, exclusion_folder } = values;
			frm.clear_table("folder_mapping");
			(values.read || []).forEach((read_folder) =>
				frm.add_child("folder_mapping", {
					read_folder,
					success_folder,
					failure_folder,
					exclusion_folder,
				})
			);
			frm.refresh_field("folder_mapping");
			frm.dirty();
			dialog.hide();
		},
	});
	dialog.show();
}

// ── What is missing, and how the channel is ─────────────────────────────────────────────────────────

function show_what_is_missing(frm) {
	const $field = frm.get_field("missing").$wrapper.empty();
	if (frm.is_new()) {
		$field.html(`<p class="text-muted">${__("Save the channel to see what is still missing.")}</p>`);
		return;
	}
	const gaps = frm.doc.__onload?.missing || [];
	if (!gaps.length) {
		if (frm.doc.status === "Draft") {
			$field.html(`<p>${__("Nothing is missing. Test the connection, then activate the channel.")}</p>`);
		}
		return;
	}
	const $list = $("<ul class='list-unstyled'></ul>").appendTo($field);
	gaps.forEach((gap) => {
		const $link = $("<a href='#'></a>")
			.html(`<b>${frappe.utils.escape_html(gap.tab)}</b> → ${gap.sentence}`)
			.on("click", (event) => {
				event.preventDefault();
				frm.scroll_to_field(gap.fieldname);
			});
		$("<li class='mb-2'></li>").append($link).appendTo($list);
	});
}

// What to know first stands above the form: what is wrong with the channel, then which messages it left over.
function show_headline(frm) {
	frm.dashboard.clear_headline();
	if (frm.is_new()) {
		return;
	}
	const lines = [trouble(frm) || gaps(frm) || warning(frm), failed_messages(frm)].filter(Boolean);
	if (lines.length) {
		const words = lines.map(([words]) => `<div>${words}</div>`).join("");
		frm.dashboard.set_headline_alert(words, lines[0][1]);
	}
}

function trouble(frm) {
	const color = { "Cooling Off": "orange", "Needs Authorization": "red", Failing: "red" }[frm.doc.health];
	if (frm.doc.status !== "Active" || !color) {
		return null;
	}
	const reason = frappe.utils.escape_html(frm.doc.health_reason || "");
	return [`${__(frm.doc.health).bold()}: ${reason} ${next_try(frm.doc.next_poll_at)}`, color];
}

function next_try(at) {
	if (!at) {
		return __("It is not tried again before you change the channel or click Fetch Now.");
	}
	if (at <= frappe.datetime.system_datetime()) {
		return __("It is tried again within a minute.");
	}
	return __("It is tried again at {0}.", [frappe.datetime.str_to_user(at)]);
}

function gaps(frm) {
	if (waits_for_sign_in(frm)) {
		const words = __("All is entered. Click {0} to sign in at the provider.", [__("Authorize").bold()]);
		return [words, "blue"];
	}
	const tabs = [...new Set((frm.doc.__onload?.missing || []).map((gap) => gap.tab))].join(", ");
	if (!tabs) {
		return null;
	}
	const words =
		frm.doc.status === "Active"
			? __("Something is missing on: {0}. Messages that need it fail until it is there. The tab Activate lists it.", [
					tabs.bold(),
			  ])
			: __("Before the channel can be activated, something is missing on: {0}. The tab Activate lists it.", [
					tabs.bold(),
			  ]);
	return [words, "blue"];
}

// A draft that has everything but the permission that a person gives at the provider.
function waits_for_sign_in(frm) {
	const missing = (frm.doc.__onload?.missing || []).map((gap) => gap.fieldname);
	return frm.doc.status === "Draft" && missing.length === 1 && missing[0] === "refresh_token";
}

function failed_messages(frm) {
	const count = frm.doc.failed;
	if (!count) {
		return null;
	}
	const filters = new URLSearchParams({ channel: frm.doc.name, fate: "Failed" });
	const link = `<a href="/app/email-channel-message?${filters}">${__("Show them").bold()}</a>`;
	const words =
		count === 1
			? __("One message could not be filed and waits for you.")
			: __("{0} messages could not be filed and wait for you.", [count]);
	return [`${words} ${link}`, "orange"];
}

function warning(frm) {
	const words = frm.doc.status === "Active" && frm.doc.health_reason;
	return words ? [frappe.utils.escape_html(words), "yellow"] : null;
}

// ── Buttons: one primary for each state ─────────────────────────────────────────────────────────────

function add_buttons(frm) {
	const ready = !frm.is_new() && !(frm.doc.__onload?.missing || []).length;
	frm.next_step = null;
	const button = (label, action, next = false) => {
		frm.add_custom_button(label, action);
		frm.next_step = next ? label : frm.next_step;
	};
	const sign_in_next = frm.doc.health === "Needs Authorization" || waits_for_sign_in(frm);
	button(
		__("Test Connection"),
		() => test_connection(frm),
		frm.doc.status === "Draft" && !ready && !sign_in_next
	);
	if (frm.is_new()) {
		return;
	}
	if (frm.doc.sign_in === "OAuth" && frm.doc.grant_type === "Authorization Code") {
		button(__("Authorize"), () => authorize(frm), sign_in_next);
	}
	if (frm.doc.status === "Draft") {
		button(__("Activate"), () => activate(frm), ready);
	}
	if (frm.doc.failed) {
		button(__("Retry Failed Messages"), () => retry_all(frm));
	}
	if (frm.doc.status === "Active") {
		button(__("Pause"), () => set_status(frm, "Paused"));
		button(__("Fetch Now"), () => fetch_now(frm), frm.doc.health !== "Needs Authorization");
	}
	if (frm.doc.status === "Paused") {
		button(__("Resume"), () => set_status(frm, "Active"), true);
	}
}

// Save is the next step while something is unsaved; otherwise it steps back behind the state's own.
function let_one_button_stand_out(frm) {
	const unsaved = Boolean(frm.is_new() || frm.is_dirty());
	if (frm.next_step) {
		frm.change_custom_button_type(frm.next_step, null, unsaved ? "default" : "primary");
	}
	frm.page.btn_primary
		.toggleClass("btn-primary", unsaved || !frm.next_step)
		.toggleClass("btn-default", !unsaved && Boolean(frm.next_step));
}

async function test_connection(frm) {
	const steps = await frappe.xcall(API + "test_connection", { channel: frm.doc });
	show_steps(steps);
}

function show_steps(steps, not_working = __("The Connection Does Not Work Yet")) {
	const looks = {
		ok: ["green", __("Done")],
		failed: ["red", __("Failed")],
		skipped: ["gray", __("Not Reached")],
	};
	const rows = blocks(steps).map(({ title, result, lines }) => {
		const [color, word] = looks[result];
		return `<tr>
			<td><span class="indicator-pill text-nowrap ${color}">${word}</span></td>
			<td><b>${frappe.utils.escape_html(title)}</b><br>${lines.join("<br>")}</td>
		</tr>`;
	});
	frappe.msgprint({
		title: works(steps) ? __("The Connection Works") : not_working,
		indicator: works(steps) ? "green" : "red",
		message: `<table class="table table-borderless">${rows.join("")}</table>`,
	});
}

// Steps of one title that ended alike, such as several folders, share a block.
function blocks(steps) {
	const found = [];
	steps.forEach(({ title, result, sentence, remedy }) => {
		const last = found[found.length - 1];
		const lines = [sentence, remedy].filter(Boolean).map(frappe.utils.escape_html);
		if (last?.title === title && last.result === result) {
			last.lines.push(...lines);
		} else {
			found.push({ title, result, lines });
		}
	});
	return found;
}

function works(steps) {
	return steps.every((step) => step.result !== "failed");
}

async function activate(frm) {
	if (frm.is_dirty()) {
		await frm.save();
	}
	const steps = await frappe.xcall(API + "test_connection", { channel: frm.doc });
	if (!works(steps)) {
		show_steps(steps, __("Not Activated: the Connection Does Not Work Yet"));
		return;
	}
	ask_before_activating(frm, steps[steps.length - 1]);
}

// The test's last step says how many messages wait; what becomes of them is chosen here at the latest.
function ask_before_activating(frm, waiting) {
	const first = !frm.doc.activated_at;
	const explain = () =>
		dialog.set_df_property(
			"existing_mail",
			"description",
			EXISTING_MAIL[dialog.get_value("existing_mail") || frm.doc.existing_mail]
		);
	const dialog = new frappe.ui.Dialog({
		title: __("Activate {0}", [frm.doc.name]),
		fields: [
			{
				fieldname: "waiting",
				fieldtype: "HTML",
				options: `<p>${__("Messages that wait in the mailbox:")}
					<b>${frappe.utils.escape_html(waiting.sentence)}</b></p>`,
			},
			{
				fieldname: "existing_mail",
				label: __("What Becomes of Them"),
				fieldtype: "Select",
				options: Object.keys(EXISTING_MAIL),
				default: frm.doc.existing_mail,
				hidden: first ? 0 : 1,
				onchange: explain,
			},
		],
		primary_action_label: __("Activate"),
		async primary_action({ existing_mail }) {
			dialog.hide();
			await set_status(frm, "Active", first ? existing_mail : null);
		},
	});
	explain();
	dialog.show();
}

// The server changes the status by itself, so that a refusal leaves nothing in the form for the next Save to do.
async function set_status(frm, status, existing_mail) {
	const values = { channel: frm.doc.name, status, existing_mail };
	const done = await frappe.xcall(API + "set_status", values).catch(() => null);
	if (!done) {
		return; // The server has said why.
	}
	if (frm.is_dirty()) {
		Object.assign(frm.doc, done); // What is typed stays, and can be saved on top.
		frm.refresh();
	} else {
		await frm.reload_doc();
	}
}

async function authorize(frm) {
	if (frm.is_dirty()) {
		await frm.save();
	}
	window.location.assign(await frappe.xcall(AUTHORIZE, { channel: frm.doc.name }));
}

// What came of the sign-in this user has just returned from; the server tells it once.
function show_sign_in(frm) {
	const sign_in = frm.doc.__onload?.sign_in;
	if (!sign_in) {
		return;
	}
	delete frm.doc.__onload.sign_in;
	if (sign_in.signed_in) {
		frappe.show_alert({ message: sign_in.words, indicator: "green" }, 10);
	} else {
		frappe.msgprint({ title: __("Not Signed In"), message: sign_in.words, indicator: "red" });
	}
}

async function fetch_now(frm) {
	const message = await frappe.xcall(API + "fetch_now", { channel: frm.doc.name });
	frappe.show_alert({ message, indicator: "blue" });
}

async function retry_all(frm) {
	const count = await frappe.xcall(API + "retry_all", { channel: frm.doc.name });
	const message =
		count === 1
			? __("One message is tried again with the next poll.")
			: __("{0} messages are tried again with the next poll.", [count]);
	frappe.show_alert({ message, indicator: "green" });
}
