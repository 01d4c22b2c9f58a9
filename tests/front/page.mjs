// SPDX-License-Identifier: Apache-2.0
// Looks at a page in headless Chromium, as a desktop and a phone show it, light and dark, and prints what it found as
// JSON. node page.mjs PAGE MODULES VIEWS [SCREENSHOTS]: MODULES has axe-core and playwright-core in it; VIEWS are some of
// desktop, phone, dark and phone-dark, with commas; pictures of the page go to the directory SCREENSHOTS, for people.
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [page_file, modules, wanted, screenshots] = process.argv.slice(2);
const require = createRequire(join(modules, "node_modules", "none.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const views = [
  { name: "desktop", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "phone", viewport: { width: 360, height: 740 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "phone-dark", viewport: { width: 360, height: 740 }, colorScheme: "dark" },
].filter((view) => wanted.split(",").includes(view.name));

async function look(context, view) {
  const page = await context.newPage();
  const complaints = [], requests = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => { if (!/^(file|data):/.test(request.url())) requests.push(request.url()); });
  await page.setViewportSize(view.viewport);
  await page.emulateMedia({ colorScheme: view.colorScheme });
  await page.goto(pathToFileURL(page_file).href);
  if (screenshots) await page.screenshot({ path: join(screenshots, `${view.name}.png`), fullPage: true });
  // Everything is looked at, also what is folded away.
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  const seen = await page.evaluate(() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent.trim());
    const scrolled = [...document.querySelectorAll(".scroll")];
    return {
      title: document.title,
      h1: texts("h1"), h2: texts("h2"), h3: texts("h3"), captions: texts("caption"),
      landmarks: ["header", "nav", "main", "footer"].filter((name) => document.querySelectorAll(name).length === 1),
      charts: document.querySelectorAll(".chart").length,
      drawn: document.querySelectorAll(".chart > svg[role=img][aria-label]").length,
      bars: document.querySelectorAll(".chart rect").length,
      whiskers: document.querySelectorAll(".chart .whisker").length,
      text: document.body.innerText,
      scripts_run_by_data: Boolean(window.pwned),
      elements_of_data: document.querySelectorAll("img, iframe, object, form, main script").length,
      wider_than_the_window: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      tables_outside_a_scroller: [...document.querySelectorAll("table")].filter((each) => !each.closest(".scroll")).length,
      scrollers_without_focus: scrolled.filter((each) => each.tabIndex !== 0).length,
      links_to_nowhere: [...document.querySelectorAll("a[href^='#']")].map((each) => each.getAttribute("href"))
        .filter((each) => document.getElementById(each.slice(1)) === null),
      twice: [...document.querySelectorAll("[id]")].map((each) => each.id).filter((id, n, all) => all.indexOf(id) !== n),
      background: getComputedStyle(document.body).backgroundColor,
      missing_bars: [...document.querySelectorAll(".chart rect")].filter((each) => getComputedStyle(each).fill === "rgb(0, 0, 0)").length,
    };
  });
  // A table that is wider than its region scrolls with the keyboard.
  seen.keyboard_scrolls = await page.evaluate(() => {
    const wide = [...document.querySelectorAll(".scroll")].find((each) => each.scrollWidth > each.clientWidth + 40);
    if (wide) wide.focus();
    return Boolean(wide);
  });
  for (let tries = 0; seen.keyboard_scrolls === true && tries < 20; ++tries) {
    await page.keyboard.press("ArrowRight");
    // Sixty frames at most; no string is evaluated, which the page's policy forbids.
    const moved = await page.evaluate(() => new Promise((done) => {
      let frames = 0;
      const look = () => document.activeElement.scrollLeft > 0 ? done(true)
        : ++frames > 60 ? done(false) : requestAnimationFrame(look);
      look();
    }));
    if (moved) break;
    if (tries === 19) seen.keyboard_scrolls = "the focused table did not move";
  }
  // The policy of the page lets no script in but its own; axe comes from the outside.
  const found = await page.evaluate(`(() => { ${axe}; return axe.run({ resultTypes: ["violations"] }); })()`);
  seen.axe = found.violations.map((each) => `${each.id}: ${each.help} (${each.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" ")})`);
  seen.axe_passes = found.passes.length;
  await page.close();
  return { ...seen, complaints, requests };
}

const profile = mkdtempSync(join(tmpdir(), "tlseam-page-"));
try {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const out = {};
  for (const view of views) out[view.name] = await look(context, view);
  await context.close();
  console.log(JSON.stringify(out));
} finally {
  rmSync(profile, { recursive: true, force: true });
}
