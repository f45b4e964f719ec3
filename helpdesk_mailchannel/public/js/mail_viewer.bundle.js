// Mail in the Desk: images that were held back are loaded when asked for, and folded history says what it is.
//
// compose/html/safe_html.py writes what is found here: an image of another server is a stand-in (.mail-remote-image) with
// the image's address in data-src; history stands in <details class="mail-history">. Both work without this
// script too. Timelines draw themselves at many moments, so the page is watched rather than a form's events.

const STAND_IN = ".mail-remote-image[data-src]";
const MAIL = ".timeline-message-box .content, .ql-editor, .read-mode, .control-value";
// What is being edited must be saved as it came.
const EDITED = '[contenteditable="true"]';

function show_image(stand_in) {
	const address = stand_in.dataset.src;
	if (!/^https?:\/\//i.test(address)) return;
	const image = document.createElement("img");
	image.className = "mail-shown-image";
	image.alt = stand_in.textContent;
	image.referrerPolicy = "no-referrer";
	for (const side of ["width", "height"]) {
		if (stand_in.dataset[side]) image.setAttribute(side, stand_in.dataset[side]);
	}
	image.addEventListener("error", () => {
		stand_in.title = __("This image could not be loaded: {0}", [address]);
		stand_in.classList.add("mail-image-failed");
		image.replaceWith(stand_in);
	});
	image.src = address;
	stand_in.replaceWith(image);
}

function offer_all_images(mail) {
	if (mail.querySelector(":scope > .mail-images-offer")) return;
	const offer = document.createElement("div");
	offer.className = "mail-images-offer text-muted small";
	const button = document.createElement("button");
	button.type = "button";
	button.className = "btn btn-xs btn-default";
	button.textContent = __("Show all images from this mail");
	button.addEventListener("click", () => {
		mail.querySelectorAll(STAND_IN).forEach(show_image);
		offer.remove();
	});
	offer.append(__("Images from other servers are not loaded, so that the sender does not learn who reads."), button);
	mail.prepend(offer);
}

function dress_stand_in(stand_in) {
	stand_in.classList.add("mail-dressed");
	stand_in.setAttribute("role", "button");
	stand_in.tabIndex = 0;
	stand_in.title = __("Show image from {0}", [stand_in.dataset.src]);
	const mail = stand_in.closest(MAIL);
	if (mail) offer_all_images(mail);
}

function dress_history(history) {
	const label = document.createElement("summary");
	label.title = __("Quoted messages and signature");
	label.setAttribute("aria-label", label.title);
	label.textContent = "•••";
	history.prepend(label);
}

function dress_mail() {
	for (const stand_in of document.querySelectorAll(`${STAND_IN}:not(.mail-dressed)`)) {
		if (!stand_in.closest(EDITED)) dress_stand_in(stand_in);
	}
	for (const history of document.querySelectorAll("details.mail-history:not(:has(> summary))")) {
		if (!history.closest(EDITED)) dress_history(history);
	}
}

function on_activate(event) {
	if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
	const stand_in = event.target.closest?.(STAND_IN);
	if (!stand_in || stand_in.closest(EDITED)) return;
	event.preventDefault();
	event.stopPropagation();
	show_image(stand_in);
}

let is_due = false;
function dress_soon() {
	if (is_due) return;
	is_due = true;
	requestAnimationFrame(() => {
		is_due = false;
		dress_mail();
	});
}

document.addEventListener("click", on_activate, true);
document.addEventListener("keydown", on_activate, true);
new MutationObserver(dress_soon).observe(document.documentElement, { childList: true, subtree: true });
dress_soon();
