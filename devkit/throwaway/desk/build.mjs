// Bundles the desk's scripts and style sheets, as the framework's own build does on a bench.
//
// Arguments: the folder for the result, the framework's package folder, then name=folder of each further app.
// Writes assets.json (bundle -> address), which the framework reads to find them.

import { readFileSync, writeFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const [out, framework, ...others] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const esbuild = require("esbuild");
const glob = require("fast-glob");
const sass = require("sass");
const sfc = require("@vue/compiler-sfc");

const NODE_MODULES = join(process.cwd(), "node_modules");
const NAME = basename(framework);
const apps = { [NAME]: framework };
for (const other of others) {
	const [name, folder] = other.split("=");
	apps[name] = folder;
}

// The libraries that were renamed along with the framework are on npm under their first names.
const original = (path) => path.replaceAll(new RegExp(`${NAME}-(charts|datatable|gantt)`, "g"), "frappe-$1");

function locate(path) {
	const [first, ...rest] = path.split("/");
	if (apps[first] && rest.length) return join(apps[first], ...rest);
	if (path.startsWith("~")) return join(NODE_MODULES, original(path.slice(1)));
	return null;
}

const style = (source, options) =>
	sass.compileString(source, {
		...options,
		loadPaths: [NODE_MODULES, ...Object.values(apps)],
		importers: [{ findFileUrl: (url) => (locate(url) ? pathToFileURL(locate(url)) : null) }],
		logger: sass.Logger.silent,
	}).css;

// A style sheet that a script imports travels inside the script.
const inject = (css) =>
	`document.head.appendChild(Object.assign(document.createElement("style"), {textContent: ${JSON.stringify(css)}}));`;

const names = {
	name: "names",
	setup(build) {
		build.onResolve({ filter: new RegExp(`^(~|(${Object.keys(apps).join("|")})/)`) }, ({ path }) => ({ path: locate(path) }));
		build.onResolve({ filter: new RegExp(`^${NAME}-(charts|datatable|gantt)`) }, ({ path, resolveDir, kind }) =>
			build.resolve(original(path), { resolveDir: NODE_MODULES, kind })
		);
		build.onResolve({ filter: /^vue$/ }, () => ({ path: join(NODE_MODULES, "vue/dist/vue.esm-bundler.js") }));
		// Newer releases of this one do not offer the file by its short name.
		build.onResolve({ filter: /^plyr\/dist\/plyr\.polyfilled$/ }, ({ path }) => ({ path: join(NODE_MODULES, `${path}.mjs`) }));
		build.onResolve({ filter: /\.css$/ }, ({ path, kind }) =>
			kind === "import-statement" && !path.startsWith(".")
				? { path: join(NODE_MODULES, path), namespace: "injected" }
				: null
		);
		build.onLoad({ filter: /.*/, namespace: "injected" }, ({ path }) => ({ contents: inject(readFileSync(path, "utf8")) }));
	},
};

const templates = {
	name: "templates",
	setup(build) {
		build.onLoad({ filter: /\.html$/ }, ({ path }) => {
			const html = readFileSync(path, "utf8").replace(/\s/g, " ").replace(/<!--.*?-->/g, "").replace(/`/g, "\\`");
			const name = JSON.stringify(basename(path, ".html"));
			// Between backticks, as the framework writes it: templates have backslashes that count as escapes.
			return { contents: `(window.${NAME}.templates ||= {})[${name}] = \`${html}\`;` };
		});
	},
};

const sheets = {
	name: "sheets",
	setup(build) {
		build.onLoad({ filter: /\.scss$/ }, ({ path }) => ({
			contents: style(readFileSync(path, "utf8"), { url: pathToFileURL(path) }),
			loader: "css",
			resolveDir: dirname(path),
		}));
	},
};

const components = {
	name: "components",
	setup(build) {
		build.onLoad({ filter: /\.vue$/ }, ({ path }) => {
			const { descriptor } = sfc.parse(readFileSync(path, "utf8"), { filename: path });
			const id = createHash("sha256").update(path).digest("hex").slice(0, 8);
			const scoped = descriptor.styles.some((part) => part.scoped);
			const common = { id, filename: path, isProd: true };
			const code = [];
			const setup = Boolean(descriptor.scriptSetup);
			if (descriptor.script || setup) {
				const script = sfc.compileScript(descriptor, {
					...common,
					inlineTemplate: setup,
					templateOptions: { id, scoped, compilerOptions: { scopeId: scoped ? `data-v-${id}` : undefined } },
				});
				code.push(sfc.rewriteDefault(script.content, "component"));
			} else {
				code.push("const component = {};");
			}
			if (descriptor.template && !setup) {
				const template = sfc.compileTemplate({
					...common,
					source: descriptor.template.content,
					scoped,
					compilerOptions: { scopeId: scoped ? `data-v-${id}` : undefined },
				});
				code.push(template.code, "component.render = render;");
			}
			if (scoped) code.push(`component.__scopeId = "data-v-${id}";`);
			for (const part of descriptor.styles) {
				const source = part.lang === "scss" ? style(part.content, { url: pathToFileURL(path) }) : part.content;
				code.push(inject(sfc.compileStyle({ ...common, source, scoped: part.scoped, id: `data-v-${id}` }).code));
			}
			code.push("export default component;");
			return { contents: code.join("\n"), loader: descriptor.scriptSetup?.lang || "js", resolveDir: dirname(path) };
		});
	},
};

const assets = {};
rmSync(out, { recursive: true, force: true });
for (const [app, folder] of Object.entries(apps)) {
	const entryPoints = glob.sync("public/**/*.bundle.{js,scss,css}", { cwd: folder, absolute: true, ignore: ["**/dist/**", "**/node_modules/**"] });
	if (!entryPoints.length) continue;
	const result = await esbuild.build({
		entryPoints,
		outdir: join(out, app),
		entryNames: "[name].[hash]",
		assetNames: "files/[name].[hash]",
		publicPath: `/assets/dist/${app}`,
		bundle: true,
		metafile: true,
		format: "iife",
		target: "es2020",
		nodePaths: [NODE_MODULES],
		external: ["/assets/*", "/files/*"],
		loader: { ".svg": "file", ".png": "file", ".gif": "file", ".eot": "file", ".ttf": "file", ".woff": "file", ".woff2": "file" },
		define: {
			"process.env.NODE_ENV": '"production"',
			__VUE_OPTIONS_API__: "true",
			__VUE_PROD_DEVTOOLS__: "false",
		},
		banner: { js: `window.${NAME} = window.frappe = window.${NAME} || {};` },
		plugins: [names, templates, sheets, components],
		logLevel: "error",
	});
	for (const [file, made] of Object.entries(result.metafile.outputs)) {
		if (!made.entryPoint) continue;
		const bundle = basename(made.entryPoint).replace(/\.scss$/, ".css");
		assets[bundle] = `/assets/dist/${app}/${relative(join(out, app), resolve(file))}`;
		// Style sheets for right-to-left languages are not made here; the usual ones stand in.
		if (bundle.endsWith(".css")) assets[`rtl_${bundle}`] = assets[bundle];
	}
}
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "assets.json"), JSON.stringify(assets, null, "\t"));
console.log(`${Object.keys(assets).filter((name) => !name.startsWith("rtl_")).length} bundles`);
