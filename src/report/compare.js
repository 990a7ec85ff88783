// Draws loss over energy for several runs from the JSON in the element "data" (compare_page.c).
(function () {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [12, 6]];
  let chart = null;

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function axis(title, more) {
    return Object.assign({
      type: "linear",
      title: {display: true, text: title, color: color("soft"), font: {size: 12}},
      ticks: {color: color("soft"), maxTicksLimit: 8, maxRotation: 0},
      grid: {color: color("grid"), borderColor: color("rule")},
    }, more);
  }

  function draw() {
    const hues = [color("series-1"), color("series-2"), color("series-3"), "#cc79a7", "#e69f00",
                  "#56b4e9", color("ink")];
    const most = data.runs.reduce(
      (all, run) => run.points.reduce((x, p) => Math.max(x, p.x || 0), all), 0);
    const unit = most >= 3.6e6 ? {name: "kWh", size: 3.6e6}
      : most >= 3600 ? {name: "Wh", size: 3600} : {name: "J", size: 1};
    const sets = data.runs.map((run, i) => ({
      label: run.label, borderColor: hues[i % hues.length], backgroundColor: hues[i % hues.length],
      data: run.points.map((p) => ({x: p.x === null ? null : p.x / unit.size, y: p.y})),
      borderWidth: 1.8, borderDash: dashes[Math.floor(i / hues.length) % dashes.length],
      pointRadius: run.points.length <= 40 ? 2.5 : 0, pointHitRadius: 8,
    }));
    sets.push({
      label: "target", borderColor: color("soft"), backgroundColor: color("soft"),
      borderWidth: 1.2, borderDash: [4, 4], pointRadius: 0,
      data: [{x: 0, y: data.target}, {x: most / unit.size, y: data.target}],
    });
    if (chart) chart.destroy();
    chart = new Chart(document.querySelector("#plot-compare canvas"), {
      type: "line",
      data: {datasets: sets},
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: {mode: "nearest", axis: "x", intersect: false},
        scales: {x: axis("energy (" + unit.name + ")", {min: 0}), y: axis(data.loss)},
        plugins: {legend: {labels: {color: color("ink"), boxHeight: 1}}},
      },
    });
  }

  draw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
