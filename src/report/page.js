// Draws the charts of the page from the JSON in the element "data" (page_data.c writes it).
(function () {
  "use strict";

  const charts = JSON.parse(document.getElementById("data").textContent).charts;
  let drawn = [];
  let lossAxis = "step";

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  // Few significant digits, thousands apart.
  function number(value, digits) {
    if (value === null || !isFinite(value)) return "unknown";
    if (value !== 0 && Math.abs(value) < 1e-3)
      return Number(value.toPrecision(3)).toFixed(20).replace(/^(-?0\.0*[0-9]{3}).*$/, "$1").replace(/0+$/, "");
    return value.toLocaleString("en-US", {maximumSignificantDigits: digits || 4});
  }

  // The unit in which a time axis that ends at seconds is labeled.
  function timeUnit(seconds) {
    if (seconds < 2) return {name: "ms", size: 1e-3};
    if (seconds < 600) return {name: "s", size: 1};
    if (seconds < 7200) return {name: "min", size: 60};
    if (seconds < 172800) return {name: "h", size: 3600};
    return {name: "d", size: 86400};
  }

  function largest(values) {
    return values.reduce((most, v) => (v !== null && v > most ? v : most), 0);
  }

  function points(xs, ys, size) {
    return xs.map((x, i) => ({x: x / size, y: ys[i]}));
  }

  // A line of one point would be invisible: few points get marks.
  function line(label, data, name, more) {
    const known = data.filter((p) => p.y !== null).length;
    return Object.assign({
      label: label, data: data, borderColor: color(name), backgroundColor: color(name),
      borderWidth: 1.8, pointRadius: known <= 3 ? 4 : 0, pointHitRadius: 8, spanGaps: false,
    }, more);
  }

  function axis(title, more) {
    return Object.assign({
      type: "linear",
      title: {display: true, text: title, color: color("soft"), font: {size: 12}},
      ticks: {
        color: color("soft"), maxTicksLimit: 7, maxRotation: 0, font: {size: 11},
        callback: (value) => number(value, 6),
      },
      grid: {color: color("grid"), borderColor: color("rule"), tickLength: 4},
    }, more);
  }

  // Lines with their dashes, areas and bars as areas.
  function legendItems(chart) {
    const items = Chart.defaults.plugins.legend.labels.generateLabels(chart);
    items.forEach((item) => {
      const dataset = chart.data.datasets[item.datasetIndex];
      item.pointStyle = dataset.fill || chart.config.type === "bar" ? "rect" : "line";
      item.lineWidth = dataset.fill ? 0 : 1.8;
      item.fillStyle = dataset.backgroundColor;
      item.strokeStyle = dataset.borderColor || dataset.backgroundColor;
      item.lineDash = dataset.borderDash || [];
    });
    return items;
  }

  function options(scales, more) {
    return Object.assign({
      animation: false, responsive: true, maintainAspectRatio: false,
      devicePixelRatio: Math.max(2, window.devicePixelRatio || 1),
      interaction: {mode: "nearest", axis: "x", intersect: false},
      scales: scales,
      plugins: {
        legend: {
          align: "start",
          labels: {
            color: color("ink"), padding: 10, font: {size: 12},
            usePointStyle: true, pointStyleWidth: 26, boxHeight: 8,
            filter: (item) => item.text !== "",
            generateLabels: legendItems,
          },
        },
        tooltip: {
          filter: (item) => item.dataset.label !== "",
          callbacks: {
            title: (items) => items.length === 0 ? "" :
              number(items[0].parsed.x) + " " + scales.x.title.text.replace(/^.*, /, ""),
            label: (item) => " " + item.dataset.label + ": " + number(item.parsed.y) +
              (item.dataset.unit ? " " + item.dataset.unit : ""),
          },
        },
      },
    }, more);
  }

  function draw(plot, config) {
    const canvas = document.querySelector("#plot-" + plot + " canvas");
    if (canvas) drawn.push(new Chart(canvas, config));
  }

  function drawLoss() {
    const training = charts.training, evaluation = charts.evaluation;
    const end = largest(training.seconds.concat(evaluation.seconds));
    const time = lossAxis === "seconds";
    const unit = time ? timeUnit(end) : {name: "steps", size: 1};
    const percent = evaluation.accuracy.map((a) => (a === null ? null : 100 * a));
    const datasets = [
      line("training loss", points(training[lossAxis], training.loss, unit.size), "series-1"),
    ];
    const scales = {
      x: axis(time ? "time, " + unit.name : "training, steps", {min: 0}),
      y: axis("loss"),
    };
    if (evaluation.loss.some((v) => v !== null))
      datasets.push(line("test loss", points(evaluation[lossAxis], evaluation.loss, unit.size),
        "series-2", {borderDash: [6, 4], pointRadius: 3.5, pointStyle: "rect"}));
    if (percent.some((v) => v !== null)) {
      datasets.push(line("test accuracy", points(evaluation[lossAxis], percent, unit.size),
        "series-3", {borderDash: [2, 3], pointRadius: 4, pointStyle: "triangle", yAxisID: "right",
          unit: "%"}));
      scales.right = axis("accuracy, %", {position: "right", suggestedMax: 100});
      scales.right.grid = {drawOnChartArea: false, borderColor: color("rule")};
    }
    draw("loss", {type: "line", data: {datasets: datasets}, options: options(scales)});
  }

  function drawPower() {
    const power = charts.power, unit = timeUnit(largest(power.seconds));
    const watts = largest(power.watts.concat(power.machine_watts));
    const scale = watts >= 1e6 ? {name: "MW", size: 1e6} : watts >= 1e4 ? {name: "kW", size: 1e3} :
      {name: "W", size: 1};
    const scaled = (values) => values.map((w) => (w === null ? null : w / scale.size));
    const datasets = [
      line("this run", points(power.seconds, scaled(power.watts), unit.size), "series-1",
        {unit: scale.name}),
    ];
    if (power.machine_watts.some((v) => v !== null))
      datasets.push(line("whole machine",
        points(power.seconds, scaled(power.machine_watts), unit.size), "series-2",
        {borderDash: [6, 4], unit: scale.name}));
    draw("power", {
      type: "line", data: {datasets: datasets},
      options: options({
        x: axis("time, " + unit.name, {min: 0}), y: axis("power, " + scale.name, {min: 0}),
      }),
    });
  }

  // The predicted total at the predicted end, and the straight way to it; flat from there on.
  function predictedLine(cost, part, end, size) {
    const until = cost.predicted_seconds.value;
    const way = [{x: 0, y: 0}, {x: until / size, y: cost.predicted[part]}];
    if (end > until) way.push({x: end / size, y: cost.predicted[part]});
    return way;
  }

  function drawCost() {
    const cost = charts.cost;
    if (!cost) return;
    const predicted = cost.predicted.value !== null && cost.predicted_seconds.value > 0;
    const metered = largest(cost.seconds);
    const end = predicted ? Math.max(metered, cost.predicted_seconds.value) : metered;
    const unit = timeUnit(end), datasets = [];
    datasets.push(line("metered", [{x: 0, y: 0}].concat(
      points(cost.seconds, cost.so_far, unit.size)), "series-1",
      {unit: cost.unit, borderWidth: 2.2, pointRadius: cost.seconds.length <= 2 ? 4 : 0}));
    if (predicted) {
      const way = (part) => predictedLine(cost, part, end, unit.size);
      datasets.push(line("predicted", way("value"), "series-2",
        {borderDash: [6, 4], pointRadius: 0, unit: cost.unit}));
      if (cost.predicted.high !== null && cost.predicted.low !== null)
        datasets.push(
          line("", way("low"), "series-2", {borderWidth: 0, pointRadius: 0}),
          line("predicted, 90 % interval", way("high"), "series-2",
            {borderWidth: 0, pointRadius: 0, backgroundColor: color("band"), fill: "-1",
              unit: cost.unit}));
    }
    const config = options({
      x: axis("time, " + unit.name, {min: 0}), y: axis(cost.unit, {min: 0}),
    });
    draw("cost", {type: "line", data: {datasets: datasets}, options: config});
  }

  // Intervals as whiskers, and the number beside the bar, so that no length must be guessed.
  const whiskers = {
    id: "whiskers",
    afterDatasetsDraw: function (chart) {
      const context = chart.ctx, x = chart.scales.x;
      context.save();
      chart.data.datasets.forEach((dataset, index) => {
        chart.getDatasetMeta(index).data.forEach((bar, i) => {
          const quantity = dataset.quantities[i];
          let right = x.getPixelForValue(0);
          context.strokeStyle = color("ink");
          context.lineWidth = 1.2;
          if (quantity.value !== null) right = bar.x;
          if (quantity.low !== null && quantity.high > quantity.low) {
            const from = x.getPixelForValue(quantity.low), to = x.getPixelForValue(quantity.high);
            context.beginPath();
            context.moveTo(from, bar.y);
            context.lineTo(to, bar.y);
            [from, to].forEach((end) => {
              context.moveTo(end, bar.y - 3);
              context.lineTo(end, bar.y + 3);
            });
            context.stroke();
            right = Math.max(right, to);
          }
          context.fillStyle = color("soft");
          context.font = "11px " + Chart.defaults.font.family;
          context.textBaseline = "middle";
          if (quantity.value !== null || index === 0)
            context.fillText(number(quantity.value, 3), right + 6, bar.y + 0.5);
        });
      });
      context.restore();
    },
  };

  function bars(label, part, more) {
    const quantities = charts.phases.rows.map((row) => row[part]);
    return Object.assign({
      label: label, quantities: quantities, data: quantities.map((q) => q.value),
      unit: charts.phases.unit, barPercentage: 0.86, categoryPercentage: 0.76,
    }, more);
  }

  function drawPhases() {
    const rows = charts.phases.rows;
    const datasets = [bars("metered", "metered", {backgroundColor: color("series-1")})];
    if (rows.some((row) => row.predicted.value !== null))
      datasets.push(bars("predicted", "predicted", {
        backgroundColor: color("band"), borderColor: color("series-2"), borderWidth: 1.5,
      }));
    const ends = rows.flatMap((row) => [row.metered, row.predicted])
      .map((q) => (q.high !== null ? q.high : q.value));
    const config = options({
      x: axis("energy, " + charts.phases.unit,
        {min: 0, suggestedMax: largest(ends) || 1}),
      y: axis("", {type: "category", title: {display: false}, grid: {display: false},
        ticks: {color: color("ink"), font: {size: 12}}}),
    }, {indexAxis: "y", layout: {padding: {right: 44}}}); // room for the number of the longest bar
    config.interaction = {mode: "nearest", axis: "y", intersect: false};
    config.plugins.legend.display = datasets.length > 1;
    config.plugins.tooltip.callbacks.title = (items) => items.length === 0 ? "" : items[0].label;
    config.plugins.tooltip.callbacks.label = (item) => {
      const q = item.dataset.quantities[item.dataIndex];
      const range = q.high > q.low ? " (" + number(q.low) + "-" + number(q.high) + ")" : "";
      return " " + item.dataset.label + ": " + number(q.value) + " " + item.dataset.unit + range +
        ", " + q.provenance;
    };
    const plot = document.getElementById("plot-phases");
    if (plot) plot.style.minHeight = Math.max(270, 70 + 22 * datasets.length * rows.length) + "px";
    draw("phases", {
      type: "bar", data: {labels: rows.map((row) => row.label), datasets: datasets},
      options: config, plugins: [whiskers],
    });
  }

  function redraw() {
    drawn.forEach((chart) => chart.destroy());
    drawn = [];
    drawLoss();
    drawPower();
    drawCost();
    drawPhases();
  }

  // Buttons that put the loss over steps or over time.
  function addSwitch() {
    const plot = document.getElementById("plot-loss");
    if (!plot) return;
    const box = document.createElement("div");
    box.className = "switch";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "horizontal axis");
    [["step", "steps"], ["seconds", "time"]].forEach(([key, text]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-pressed", String(key === lossAxis));
      button.addEventListener("click", () => {
        lossAxis = key;
        box.querySelectorAll("button").forEach((other) =>
          other.setAttribute("aria-pressed", String(other === button)));
        redraw();
      });
      box.appendChild(button);
    });
    plot.parentNode.appendChild(box);
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  addSwitch();
  redraw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper is white: the style sheet's dark colors are for screens, so draw once more when printing.
  window.matchMedia("print").addEventListener("change", redraw);
})();
