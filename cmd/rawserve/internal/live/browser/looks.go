package browser

// What is wrong with how a page looks: scripts that return a list of it.

// Clipped lists the controls that stand outside the window or are too small.
const Clipped = `(() => {
	const bad = [];
	if (document.documentElement.scrollWidth > innerWidth + 1) bad.push("the page is " + document.documentElement.scrollWidth + " wide");
	for (const e of document.querySelectorAll("button, select, input:not([type=radio]), summary, textarea")) {
		const r = e.getBoundingClientRect();
		if (!r.width || !e.checkVisibility()) continue;
		if (r.left < -1 || r.right > innerWidth + 1) bad.push((e.id || e.textContent) + " from " + r.left + " to " + r.right);
		if (r.height < 24 || r.width < 24) bad.push((e.id || e.textContent) + " is " + r.width + " by " + r.height);
	}
	return bad;
})()`

// Faint lists text whose contrast is below AA.
const Faint = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const over = (colors) => { canvas.clearRect(0, 0, 1, 1); for (const c of colors) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); } return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const bad = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !e.checkVisibility() || e.closest(".sr, .skip, script, option, :disabled") || !e.getBoundingClientRect().width) continue;
		const layers = [];
		for (let a = e; a; a = a.parentElement) layers.unshift(getComputedStyle(a).backgroundColor);
		const style = getComputedStyle(e), back = over(["white", ...layers]), ink = over(["white", ...layers, style.color]);
		const [a, b] = [light(back), light(ink)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
		const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.add((e.id || e.className || e.dataset.kind || e.tagName) + " " + ratio.toFixed(2) + " " + n.textContent.trim().slice(0, 20));
	}
	return [...bad];
})()`
