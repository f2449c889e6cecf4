(function () {
  var root = document.documentElement, button = document.getElementById("mode"), key = "recurra-mode";
  function stored() { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function dark() {
    var mode = root.dataset.theme;
    return mode ? mode === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function label() {
    button.textContent = dark() ? "Light" : "Dark";
    button.setAttribute("aria-label", dark() ? "Switch to light mode" : "Switch to dark mode");
  }
  var mode = stored();
  if (mode === "light" || mode === "dark") root.dataset.theme = mode;
  button.hidden = false;
  button.addEventListener("click", function () {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem(key, root.dataset.theme); } catch (e) { /* a file may not store */ }
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();
})();
