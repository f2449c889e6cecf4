(function () {
  var source = document.getElementById("viewer-data");
  if (!source) return;
  var data = JSON.parse(source.textContent);
  var LINE = 13, WIDEST = 28, LONGEST = 12000, UNKNOWN = 255, TALL = 192;
  var LINES = { input: "c-green", update: "c-green", forget: "c-blue", reset: "c-blue", output: "c-vermilion" };
  function find(id) { return document.getElementById("v-" + id); }
  var viewer = document.getElementById("viewer"), sheet = find("sheet"), lanes = find("lanes");
  var layerInput = find("layer"), stepInput = find("step"), unitInput = find("unit"), colour = find("colour");
  var layer, names, width, place = 0, step = 0, cursor, picks = [], labels = [], traceLane;

  function element(name, parent, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }
  function drawn(name, parent, attributes) {
    var made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (var key in attributes) made.setAttribute(key, attributes[key]);
    parent.appendChild(made);
    return made;
  }
  function written(value) {
    if (value === null) return "–";
    return (Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)).replace("-", "−");
  }
  function decoded(lane) {
    if (!lane.bytes) {
      var text = atob(lane.codes);
      lane.bytes = new Uint8Array(text.length);
      for (var i = 0; i < text.length; i++) lane.bytes[i] = text.charCodeAt(i);
    }
    return lane.bytes;
  }
  function valueAt(lane, unit, time) {
    var code = decoded(lane)[unit * layer.steps + time];
    return code === UNKNOWN ? null : scaled(lane, code);
  }
  function scaled(lane, code) { return lane.low + code / (UNKNOWN - 1) * (lane.high - lane.low); }
  function colours(name) {
    var text = data.scales[name], found = [];
    for (var i = 0; i < text.length; i += 6) {
      found.push([parseInt(text.substr(i, 2), 16), parseInt(text.substr(i + 2, 2), 16), parseInt(text.substr(i + 4, 2), 16)]);
    }
    return found;
  }

  function ends(lane) {
    var low = 0, high = UNKNOWN - 1, bytes = decoded(lane);
    if (!find("stretch").checked) return [low, high];
    low = UNKNOWN; high = -1;
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] === UNKNOWN) continue;
      low = Math.min(low, bytes[i]); high = Math.max(high, bytes[i]);
    }
    if (lane.scale === "signed") { // zero keeps its colour
      var middle = (UNKNOWN - 1) / 2, far = Math.max(middle - low, high - middle);
      low = middle - far; high = middle + far;
    }
    return high > low ? [low, high] : [0, UNKNOWN - 1];
  }
  function paint(lane, canvas, end) {
    var units = layer.units.length, bytes = decoded(lane), scale = colours(lane.scale);
    canvas.width = layer.steps; canvas.height = units;
    var context = canvas.getContext("2d"), image = context.createImageData(layer.steps, units);
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] === UNKNOWN) continue;
      var rgb = scale[Math.round((bytes[i] - end[0]) / (end[1] - end[0]) * (scale.length - 1))];
      image.data.set([rgb[0], rgb[1], rgb[2], 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }
  function ramp(lane, title, end) {
    var box = element("span", title, "ramp"), scale = colours(lane.scale), stops = [];
    for (var i = 0; i < scale.length; i += 7) stops.push("rgb(" + scale[i].join() + ")");
    element("span", box, "", written(scaled(lane, end[0])));
    element("i", box).style.background = "linear-gradient(90deg," + stops.join() + ")";
    element("span", box, "", written(scaled(lane, end[1])));
  }
  function addLane(lane) {
    var title = element("div", sheet, "lane-title", lane.title), end = ends(lane);
    ramp(lane, title, end);
    element("small", title, "", lane.told);
    var box = element("div", sheet, "lane"), canvas = element("canvas", box);
    var units = layer.units.length, tall = Math.max(72, Math.min(TALL, 4 * units));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", lane.title + ", " + units + " units over " + layer.steps + " steps: " + lane.told);
    canvas.style.width = width * layer.steps + "px";
    canvas.style.height = tall + "px";
    if (units > tall) canvas.className = "fine";
    paint(lane, canvas, end);
    var pick = element("div", box, "pick");
    picks.push({ mark: pick, tall: tall, units: units });
    canvas.addEventListener("pointermove", function (event) { point(event, canvas, lane, false); });
    canvas.addEventListener("pointerdown", function (event) { point(event, canvas, lane, true); });
    canvas.addEventListener("pointerleave", function () { tell(place, false); });
  }
  function point(event, canvas, lane, keep) {
    var box = canvas.getBoundingClientRect();
    var unit = Math.floor((event.clientY - box.top) / box.height * layer.units.length);
    unit = Math.max(0, Math.min(layer.units.length - 1, unit));
    step = Math.max(0, Math.min(layer.steps - 1, Math.floor((event.clientX - box.left) / width)));
    if (keep) { place = unit; chosen(); }
    move(false); tell(unit, false);
  }
  function addTrace() {
    var title = element("div", sheet, "lane-title", "");
    traceLane = { title: title, box: element("div", sheet, "lane") };
  }
  function drawTrace() {
    var tall = 96, total = width * layer.steps;
    traceLane.box.textContent = ""; traceLane.title.textContent = "Unit " + layer.units[place] + " over the input";
    var svg = drawn("svg", traceLane.box, { width: total, height: tall, role: "img", "aria-label": "Unit " + layer.units[place] + ": hidden state and gates at each step" });
    drawn("line", svg, { x1: 0, x2: total, y1: tall / 2, y2: tall / 2 });
    layer.lanes.slice().reverse().forEach(function (lane) {
      var hidden = lane.key === "hidden";
      if (!hidden && !LINES[lane.key]) return;
      var run = [], runs = [run];
      for (var time = 0; time < layer.steps; time++) {
        var value = valueAt(lane, place, time);
        if (value === null) { run = []; runs.push(run); continue; }
        run.push(((time + 0.5) * width).toFixed(1) + "," + (tall / 2 - value * (tall / 2 - 4)).toFixed(1));
      }
      runs.forEach(function (points) {
        if (points.length) drawn("polyline", svg, hidden ? { points: points.join(" "), class: "hidden-state" } : { points: points.join(" "), style: "stroke:var(--" + LINES[lane.key] + ")" });
      });
    });
    layer.lanes.forEach(function (lane) {
      var name = lane.key === "hidden" ? "ink" : LINES[lane.key];
      if (!name) return;
      var box = element("span", traceLane.title, "ramp"), swatch = element("i", box);
      swatch.style.cssText = "width:16px;height:3px;background:var(--" + name + ")";
      element("span", box, "", lane.title);
    });
  }
  function addNames() {
    var box = element("div", sheet, "step-names"), every = Math.ceil(LINE / width), longest = 0;
    box.setAttribute("aria-hidden", "true");
    labels = [];
    for (var time = 0; time < layer.steps; time += every) {
      var label = element("span", box, "", names[time]);
      label.style.left = (time + 0.5) * width - LINE / 2 + "px";
      labels[time] = label;
    }
    labels.forEach(function (one) { longest = Math.max(longest, one.offsetHeight); });
    box.style.height = longest + 8 + "px";
  }

  function lively() {
    var best = 0, most = -1;
    layer.units.forEach(function (_, unit) {
      var sum = 0, squares = 0, count = 0;
      for (var time = 0; time < layer.steps; time++) {
        var value = valueAt(layer.lanes[0], unit, time);
        if (value !== null) { sum += value; squares += value * value; count += 1; }
      }
      var spread = count ? squares / count - sum * sum / count / count : 0;
      if (spread > most) { most = spread; best = unit; }
    });
    return best;
  }
  function open() {
    layer = data.layers[+layerInput.value];
    place = lively(); step = Math.min(step, layer.steps - 1);
    show();
  }
  function show() {
    names = layer.names || data.names;
    stepInput.max = layer.steps - 1; unitInput.max = layer.units.length - 1;
    var room = lanes.clientWidth || 640;
    width = Math.max(LINE, Math.min(WIDEST, Math.floor(room / layer.steps)));
    if (width * layer.steps > LONGEST) width = Math.max(1, LONGEST / layer.steps);
    find("note").textContent = (layer.note ? layer.note + ". " : "") + (layer.every > 1 ? "Shown is one of every " + layer.every + " units." : "");
    sheet.textContent = ""; picks = [];
    sheet.style.width = width * layer.steps + "px";
    sheet.style.setProperty("--room", room + "px");
    layer.lanes.forEach(addLane);
    addTrace(); addNames();
    cursor = element("div", sheet, "cursor");
    cursor.style.width = Math.max(1, width - 2) + "px";
    colour.disabled = Boolean(layer.names); // a decoder: the scores are those of the input
    words(); chosen(); move(false); tell(place, false);
  }
  function chosen() {
    unitInput.value = place;
    unitInput.setAttribute("aria-valuetext", "unit " + layer.units[place]);
    picks.forEach(function (pick) {
      var line = pick.tall / pick.units;
      pick.mark.style.top = place * line + "px";
      pick.mark.style.height = Math.max(1, line) + "px";
    });
    drawTrace(); shade();
    if (find("details").open) table();
  }
  function move(follow) {
    stepInput.value = step;
    cursor.style.left = step * width + 1 + "px";
    sheet.querySelectorAll(".step-names .at").forEach(function (one) { one.className = ""; });
    if (labels[step]) labels[step].className = "at";
    find("words").querySelectorAll(".at").forEach(function (one) { one.classList.remove("at"); });
    var word = find("words").children[step];
    if (word) word.classList.add("at");
    if (follow) {
      var left = step * width;
      if (left < lanes.scrollLeft) lanes.scrollLeft = left - 20;
      else if (left + width > lanes.scrollLeft + lanes.clientWidth) lanes.scrollLeft = left + width + 20 - lanes.clientWidth;
    }
  }
  function tell(unit, aloud) {
    var readout = find("readout"), parts = [];
    layer.lanes.forEach(function (lane) {
      parts.push(lane.title.split(",")[0].toLowerCase() + " " + written(valueAt(lane, unit, step)));
    });
    readout.setAttribute("aria-live", aloud ? "polite" : "off");
    readout.textContent = "";
    element("b", readout, "", "Step " + (step + 1) + ", “" + names[step] + "”, unit " + layer.units[unit]);
    readout.appendChild(document.createTextNode(": " + parts.join(", ")));
    stepInput.setAttribute("aria-valuetext", "step " + (step + 1) + ", " + names[step] + ", " + parts.join(", "));
  }

  function words() {
    var box = find("words"), close = names.every(function (name) { return Array.from(name).length === 1; });
    box.textContent = "";
    box.className = close ? "words close" : "words";
    for (var time = 0; time < layer.steps; time++) {
      var word = element("span", box, "", names[time]);
      word.dataset.step = time;
      if (!close) box.appendChild(document.createTextNode(" "));
    }
  }
  function shade() {
    var scores = colour.value === "unit" || layer.names ? null : data.scores[+colour.value];
    Array.prototype.forEach.call(find("words").children, function (word, time) {
      var value = scores ? scores.values[time] : valueAt(layer.lanes[0], place, time);
      var share = value === null || value === undefined ? 0 : value / (scores ? scores.largest : layer.lanes[0].high);
      var size = Math.min(1, Math.abs(share));
      word.style.setProperty("--share", Math.round(55 * size) + "%");
      word.className = (share > 0 ? "up" : "down") + (size > 0.4 ? " much" : "") + (time === step ? " at" : "");
      word.title = value === undefined ? "" : written(value);
    });
  }
  function table() {
    var box = find("table"), head, body;
    box.textContent = "";
    element("caption", box, "hidden", "Unit " + layer.units[place] + " of " + layer.title);
    head = element("tr", element("thead", box));
    ["Step", "Input"].concat(layer.lanes.map(function (lane) { return lane.title; })).forEach(function (title) {
      element("th", head, "", title).scope = "col";
    });
    body = element("tbody", box);
    for (var time = 0; time < layer.steps; time++) {
      var line = element("tr", body);
      element("th", line, "", time + 1).scope = "row";
      element("td", line, "", names[time]);
      layer.lanes.forEach(function (lane) { element("td", line, "", written(valueAt(lane, place, time))); });
    }
  }

  var KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-Infinity, 0], End: [Infinity, 0] };
  lanes.addEventListener("keydown", function (event) {
    var way = KEYS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    step = Math.max(0, Math.min(layer.steps - 1, step + way[0]));
    place = Math.max(0, Math.min(layer.units.length - 1, place + way[1]));
    if (way[1]) chosen();
    move(true); tell(place, true);
  });
  layerInput.addEventListener("change", open);
  stepInput.addEventListener("input", function () { step = +stepInput.value; move(true); tell(place, false); });
  unitInput.addEventListener("input", function () { place = +unitInput.value; chosen(); tell(place, false); });
  find("stretch").addEventListener("change", show);
  colour.addEventListener("change", shade);
  find("words").addEventListener("click", function (event) {
    if (event.target.dataset.step === undefined) return;
    step = +event.target.dataset.step; move(true); tell(place, false);
  });
  find("details").addEventListener("toggle", function () { if (find("details").open) table(); });
  var before = innerWidth;
  addEventListener("resize", function () { if (innerWidth !== before) { before = innerWidth; show(); } });
  viewer.hidden = false;
  open();
})();
