"use strict";
// Article text goes into the page through textContent only.

const form = document.getElementById("filters");
const problem = document.getElementById("problem");
const charts = {};
const REFRESH_MS = 15000;
// Golden-angle steps keep neighbours of a long legend apart.
const colour = (i) => `hsl(${(168 + i * 137.5) % 360} 55% ${i % 2 ? 52 : 38}%)`;

async function ask(name) {
  const parameters = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const response = await fetch(`/api/${name}?${parameters}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.data;
}

function cell(content, kind = "") {
  const td = document.createElement("td");
  td.className = kind;
  td.append(...[content].flat());
  return td;
}

function code(text) {
  const span = document.createElement("span");
  span.className = "code";
  span.textContent = text;
  return span;
}

function marked(sentence, trigger) {
  const at = trigger ? sentence.indexOf(trigger) : -1;
  if (at < 0) return [sentence];
  const mark = document.createElement("mark");
  mark.textContent = trigger;
  return [sentence.slice(0, at), mark, sentence.slice(at + trigger.length)];
}

function people(names, countries = []) {
  return names.flatMap((name, i) => [i ? "، " : "", name, " ", ...(countries[i] ? [code(countries[i])] : [])]);
}

function fill(id, rows, cells) {
  const body = document.querySelector(`#${id} tbody`);
  body.replaceChildren(...rows.map((row) => {
    const tr = document.createElement("tr");
    tr.append(...cells(row));
    return tr;
  }));
  if (!rows.length) {
    const none = cell("nothing here yet");
    none.colSpan = document.querySelectorAll(`#${id} th`).length;
    body.append(document.createElement("tr"));
    body.lastChild.append(none);
  }
}

function draw(id, config) {
  if (charts[id]) { charts[id].data = config.data; charts[id].update("none"); return; }
  charts[id] = new Chart(document.getElementById(id), { ...config, options: { animation: false, maintainAspectRatio: false, ...config.options } });
}

const panels = {
  async summary() {
    const [row] = await ask("summary");
    document.getElementById("summary").replaceChildren(...["articles", "events", "stories", "quotes", "sources"].map((name) => {
      const pair = document.createElement("div");
      const term = document.createElement("dt"), figure = document.createElement("dd");
      term.textContent = name;
      figure.textContent = Number(row[name]).toLocaleString("en");
      pair.append(term, figure);
      return pair;
    }));
  },
  async daily() {
    const rows = await ask("daily");
    const days = [...new Set(rows.map((row) => row.event_date))];
    const kinds = [...new Set(rows.map((row) => row.kind))];
    const of = new Map(rows.map((row) => [row.event_date + row.kind, Number(row.stories)]));
    draw("daily", {
      type: "bar",
      data: { labels: days, datasets: kinds.map((kind, i) => ({ label: kind, data: days.map((day) => of.get(day + kind) || 0), backgroundColor: colour(i) })) },
      options: { scales: { x: { stacked: true }, y: { stacked: true, ticks: { precision: 0 } } }, plugins: { legend: { position: "right" } } },
    });
  },
  async pairs() {
    const rows = await ask("pairs");
    draw("pairs", {
      type: "bar",
      data: { labels: rows.map((row) => `${row.actor} → ${row.target}`), datasets: [{ data: rows.map((row) => Number(row.stories)), backgroundColor: colour(0) }] },
      options: { indexAxis: "y", scales: { x: { ticks: { precision: 0 } }, y: { ticks: { autoSkip: false } } }, plugins: { legend: { display: false } } },
    });
  },
  async lag() {
    fill("lag", await ask("lag"), (row) => [cell(row.stage), cell(String(row.messages)), cell(row.seconds.toFixed(1))]);
  },
  async events() {
    fill("events", await ask("events"), (row) => [
      cell(row.event_date), cell([code(row.event_type), row.negated ? " (not)" : ""], row.negated ? "not" : ""),
      cell(people(row.actors, row.actor_countries), "ar"), cell(people(row.targets, row.target_countries), "ar"),
      cell(marked(row.sentence_text, row.trigger), "ar sentence"), cell(row.source),
    ]);
  },
  async stories() {
    fill("stories", await ask("stories"), (row) => [
      cell(row.event_date), cell(code(row.event_type)), cell(people(row.actors), "ar"), cell(people(row.targets), "ar"),
      cell(`${row.sources} (${row.mentions})`), cell(row.first_sentence, "ar sentence"),
    ]);
  },
  async quotes() {
    fill("quotes", await ask("quotes"), (row) => [
      cell(row.day), cell(people([row.speaker_name || "؟"], [row.speaker_country]), "ar"), cell(row.content, "ar sentence"), cell(row.source),
    ]);
  },
};

async function facets() {
  const [row] = await ask("facets");
  for (const [name, values] of [["kind", row.kinds], ["phase", row.phases], ["country", row.countries]]) {
    const select = form.elements[name], chosen = select.value;
    select.replaceChildren(new Option("all", ""), ...values.map((value) => new Option(value, value, false, value === chosen)));
  }
}

async function refresh() {
  const failures = (await Promise.allSettled(Object.values(panels).map((panel) => panel()))).filter((r) => r.status === "rejected");
  problem.hidden = !failures.length;
  problem.textContent = failures.length ? failures[0].reason.message : "";
}

form.addEventListener("input", refresh);
form.addEventListener("reset", () => setTimeout(refresh));
form.addEventListener("submit", (event) => event.preventDefault());
facets().catch(() => {}).then(refresh);
setInterval(() => { if (!document.hidden) { facets().catch(() => {}); refresh(); } }, REFRESH_MS);
