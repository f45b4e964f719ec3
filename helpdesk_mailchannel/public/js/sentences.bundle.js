// The app's sentences in the reader's language, as ticketing/language.py and ticketing/why.py make them.
//
// Stored is what a sentence was made of: [template, ...arguments]; an argument that is a list is a sentence
// itself, all else is a name, a number or somebody's words, and stays. What comes out is text: escape it.

frappe.provide("mailchannel");

function said([template, ...args]) {
	const words = __(template);
	const shown = args.map((each) => (Array.isArray(each) ? said(each) : each));
	return shown.length ? words.replace(/\{(\d{1,2})\}/g, (place, number) => shown[number] ?? place) : words;
}

// What a code stands for (frappe.boot.mailchannel has the sentences), and the details that are stored beside it.
mailchannel.why = (kind, code, details) => {
	const sentence = frappe.boot.mailchannel?.[kind]?.[code];
	return [sentence && __(sentence), details && said(JSON.parse(details))].filter(Boolean).join(" ");
};

// A list's column with such words.
mailchannel.column = (words) => {
	const shown = frappe.utils.escape_html(words);
	return `<span class="ellipsis" title="${shown}">${shown}</span>`;
};

// Heads a list's column as what it shows. The field is one of codes, and named so in forms and reports.
mailchannel.head_column = (list, fieldname, label) => {
	// A report has no columns yet when its settings are loaded.
	const column = list.view_name === "List" && list.columns.find((each) => each.df?.fieldname === fieldname);
	if (column) {
		column.df = { ...column.df, label };
		list.render_header(true);
	}
};

// The choices of a filter: each code by its sentence, in the order of the alphabet.
mailchannel.choices = (kind) =>
	Object.entries(frappe.boot.mailchannel?.[kind] ?? {})
		.map(([value, sentence]) => ({ value, label: __(sentence) }))
		.sort((one, other) => one.label.localeCompare(other.label));
