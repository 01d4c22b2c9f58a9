// SPDX-License-Identifier: Apache-2.0
// Draws the charts of the page, and those of docs/: horizontal bars from zero, with a whisker for the spread. What is not
// geometry comes from d3. Only text goes in, and only a string comes out, so that it works without a document too.
"use strict";

function escapeText(text) {
  return String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
}

const standaloneStyle = `
  text{font:13px system-ui,sans-serif;fill:#1c2430}.note,.tick text{font-size:11px;fill:#556070}.title{font-weight:600}
  .grid{stroke:#d5dbe3}.whisker{stroke:#1c2430}.axis{stroke:#8a94a3}
  .c0{fill:#2f6fb5}.c1{fill:#c2571a}.c2{fill:#3c8748}.c3{fill:#8250b5}
  @media (prefers-color-scheme:dark){text{fill:#e4e9f0}.note,.tick text{fill:#a3adbb}.grid{stroke:#38414f}
  .whisker{stroke:#f2f5f9}.c0{fill:#5b9be0}.c1{fill:#e0823f}.c2{fill:#62b06f}.c3{fill:#b48ae0}}`;

// chart: {title, unit, note, bars: [{label, value, spread, colour, text}]}. alone: it is a file and not part of a page.
function drawChart(chart, alone) {
  const width = 400, rowHeight = 42, barHeight = 14, side = 6, top = alone ? 46 : 4;
  const bottom = top + chart.bars.length * rowHeight;
  const farthest = Math.max(...chart.bars.map((bar) => bar.value * (1 + bar.spread)), 0);
  const x = d3.scaleLinear().domain([0, farthest || 1]).nice(4).range([side, width - side]);
  const ticks = x.ticks(4);
  const format = farthest >= 10000 ? x.tickFormat(4, "~s") : x.tickFormat(4);
  const out = [];

  for (const tick of ticks) {
    const place = x(tick).toFixed(1);
    const anchor = tick === 0 ? "start" : place > width - 20 ? "end" : "middle";
    out.push(`<line class="grid" x1="${place}" x2="${place}" y1="${top}" y2="${bottom}"/>`,
      `<g class="tick"><text x="${place}" y="${bottom + 15}" text-anchor="${anchor}">${escapeText(format(tick))}</text></g>`);
  }
  chart.bars.forEach((bar, number) => {
    const y = top + number * rowHeight + 18, middle = y + barHeight / 2;
    const [low, high] = [Math.max(1 - bar.spread, 0), 1 + bar.spread].map((part) => x(bar.value * part).toFixed(1));
    out.push(`<g><title>${escapeText(bar.label + ": " + bar.text + " " + chart.unit)}</title>`,
      `<text x="${side + 4}" y="${y - 5}">${escapeText(bar.label)}</text>`,
      `<text class="value" x="${width - side - 4}" y="${y - 5}" text-anchor="end">${escapeText(bar.text)}</text>`,
      `<rect class="c${bar.colour % 4}" x="${side}" y="${y}" height="${barHeight}" width="${Math.max(x(bar.value) - side, 0.5).toFixed(1)}"/>`);
    if (bar.spread > 0) {
      out.push(`<path class="whisker" fill="none" stroke-width="1.5" d="M${low} ${middle - 5}v10M${low} ${middle}H${high}M${high} ${middle - 5}v10"/>`);
    }
    out.push("</g>");
  });
  out.push(`<line class="axis" x1="${side}" x2="${side}" y1="${top}" y2="${bottom}"/>`);

  const spoken = chart.bars.map((bar) => `${bar.label}: ${bar.text}`).join("; ");
  const head = alone
    ? `<style>${standaloneStyle}</style><text class="title" x="${side}" y="16">${escapeText(chart.title)}</text>` +
      `<text class="note" x="${side}" y="33">${escapeText(chart.unit + (chart.note ? "; " + chart.note : ""))}</text>`
    : "";
  const name = `${chart.title}, ${chart.unit}. ${spoken}.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 22}" role="img" ` +
    `aria-label="${escapeText(name)}">${head}${out.join("")}</svg>`;
}

if (typeof document !== "undefined") {
  for (const chart of JSON.parse(document.getElementById("chart-data").textContent)) {
    document.getElementById("chart-" + chart.id).innerHTML = drawChart(chart, false);
  }
}
