// Search and filters of the ledger; zoom, neighbourhoods and addresses of the graph.  Without it every page can be read all the same.
"use strict";

function ledger(form) {
  const rows = [...document.querySelectorAll("#ledger tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const apply = () => {
    const asked = [...new FormData(form)].filter(([, value]) => value);
    const words = (form.elements.words.value || "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !(asked.every(([name, value]) => name === "words" || row.dataset[name] === value)
        && words.every((word) => texts[place].includes(word)));
      shown += row.hidden ? 0 : 1;
    });
    document.getElementById("count").textContent = `${shown} of ${rows.length} claims`;
    history.replaceState(null, "", asked.length ? `?${new URLSearchParams(asked)}${location.hash}` : location.pathname + location.hash);
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

function reached(start, next) {
  const found = new Set();
  const open = [start];
  while (open.length) {
    for (const id of next.get(open.pop()) || []) {
      if (!found.has(id)) {
        found.add(id);
        open.push(id);
      }
    }
  }
  return found;
}

function graph(box) {
  const svg = box.querySelector("svg.graph");
  if (!svg) return;
  const size = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
  const nodes = new Map([...svg.querySelectorAll(".node")].map((node) => [node.dataset.id, node]));
  const edges = [...svg.querySelectorAll(".edge")];
  const used = new Map();
  const users = new Map();
  for (const edge of edges) {
    const { from, to } = edge.dataset;
    used.set(to, [...(used.get(to) || []), from]);
    users.set(from, [...(users.get(from) || []), to]);
  }
  const told = document.getElementById("told");
  let scale = 1;
  const zoom = (to) => {
    const middle = [(box.scrollLeft + box.clientWidth / 2) / scale, (box.scrollTop + box.clientHeight / 2) / scale];
    scale = Math.min(8, Math.max(0.05, to));
    svg.setAttribute("width", size.width * scale);
    svg.setAttribute("height", size.height * scale);
    box.scrollTo(middle[0] * scale - box.clientWidth / 2, middle[1] * scale - box.clientHeight / 2);
  };
  const pick = (id) => {
    const below = id === null ? new Set() : reached(id, used);
    const above = id === null ? new Set() : reached(id, users);
    svg.classList.toggle("picked", id !== null);
    for (const [name, node] of nodes) {
      node.classList.toggle("here", name === id);
      node.classList.toggle("below", below.has(name));
      node.classList.toggle("above", above.has(name));
    }
    for (const edge of edges) {
      const { from, to } = edge.dataset;
      edge.classList.toggle("on", ((to === id || below.has(to)) && below.has(from)) || ((from === id || above.has(from)) && above.has(to)));
    }
    if (told) told.textContent = id === null ? "" : `${id} rests on ${below.size}; ${above.size} rest on it`;
  };
  const addressed = () => {
    const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return node && svg.contains(node) ? node : null;
  };
  const follow = () => {
    const node = addressed();
    pick(node ? node.dataset.id : null);
    if (node) node.scrollIntoView({ block: "center", inline: "center" });
  };
  for (const [id, node] of nodes) {
    for (const event of ["focus", "pointerenter"]) node.addEventListener(event, () => pick(id));
    for (const event of ["blur", "pointerleave"]) {
      node.addEventListener(event, () => pick(addressed() ? addressed().dataset.id : null));
    }
  }
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(scale * 1.25);
    else if (event.key === "-") zoom(scale * 0.8);
    else if (event.key === "0") zoom(1);
    else return;
    event.preventDefault();
  });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / 300));
  }, { passive: false });
  const tools = document.querySelector(".tools");
  if (tools) {
    tools.hidden = false;
    for (const button of tools.querySelectorAll("button")) {
      button.addEventListener("click", () => zoom(button.dataset.zoom === "fit"
        ? Math.min(box.clientWidth / size.width, box.clientHeight / size.height) : scale * Number(button.dataset.zoom)));
    }
    const list = document.createElement("datalist");
    list.id = "boxes";
    for (const id of nodes.keys()) list.append(new Option(id));
    tools.append(list);
    document.getElementById("find").addEventListener("change", (event) => {
      if (nodes.has(event.target.value)) location.hash = nodes.get(event.target.value).id;
    });
    window.addEventListener("hashchange", follow);
    follow();
  }
}

function opened() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (place && place.tagName === "DETAILS") place.open = true;
}

const form = document.getElementById("filters");
if (form) ledger(form);
document.querySelectorAll(".zoomable").forEach(graph);
window.addEventListener("hashchange", opened);
window.addEventListener("beforeprint", () => document.querySelectorAll("details.step").forEach((step) => { step.open = true; }));
opened();
