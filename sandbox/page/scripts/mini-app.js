// What Telegram Web is to a Mini App in its frame: it tells the theme and the sizes, and draws the buttons.

const LIGHT = {
  bg_color: "#ffffff", text_color: "#000000", hint_color: "#707579", link_color: "#3390ec", button_color: "#3390ec", button_text_color: "#ffffff",
  secondary_bg_color: "#f4f4f5", header_bg_color: "#ffffff", bottom_bar_bg_color: "#ffffff", accent_text_color: "#3390ec", section_bg_color: "#ffffff",
  section_header_text_color: "#707579", section_separator_color: "#e3e3e4", subtitle_text_color: "#707579", destructive_text_color: "#e53935",
};
const DARK = {
  ...LIGHT, bg_color: "#212121", text_color: "#ffffff", hint_color: "#aaaaaa", link_color: "#8774e1", button_color: "#8774e1",
  secondary_bg_color: "#0f0f0f", header_bg_color: "#212121", bottom_bar_bg_color: "#212121", accent_text_color: "#8774e1", section_bg_color: "#212121",
  section_header_text_color: "#aaaaaa", section_separator_color: "#2f2f2f", subtitle_text_color: "#aaaaaa",
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 };

export const theme = () => (dark.matches ? DARK : LIGHT);

/** A Mini App in a frame that is made here and goes to `address`; `client` draws what the app asks for. */
export class MiniApp {
  #origin;
  #isThere = false;
  #resized = new ResizeObserver(() => this.#tellViewport());

  constructor(address, title, client) {
    this.frame = Object.assign(document.createElement("iframe"), { title, src: address });
    this.#origin = new URL(address).origin;
    this.client = client;
    this.heard = (event) => this.#take(event);
    this.themed = () => this.tell("theme_changed", { theme_params: theme() });
    addEventListener("message", this.heard);
    dark.addEventListener("change", this.themed);
    this.#resized.observe(this.frame);
  }

  end() {
    removeEventListener("message", this.heard);
    dark.removeEventListener("change", this.themed);
    this.#resized.disconnect();
    this.frame.remove();
  }

  /** Until the app has spoken, something else may be in the frame. */
  tell(eventType, eventData = {}) {
    if (!this.#isThere) return;
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), this.#origin);
  }

  /** Only the app in this frame is heard, and only while it is where it began. */
  #take(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== this.#origin || typeof event.data !== "string") return;
    this.#isThere = true;
    const { eventType, eventData } = JSON.parse(event.data);
    this.#answer(eventType, eventData ?? {});
  }

  #answer(asked, data) {
    const { client } = this;
    switch (asked) {
      case "web_app_ready": return client.ready();
      case "web_app_close": return client.close();
      case "web_app_request_theme": return this.themed();
      case "web_app_request_viewport": return this.#tellViewport();
      case "web_app_request_safe_area": return this.tell("safe_area_changed", NO_INSETS);
      case "web_app_request_content_safe_area": return this.tell("content_safe_area_changed", NO_INSETS);
      case "web_app_setup_back_button": return client.backButton(Boolean(data.is_visible));
      case "web_app_setup_main_button": return client.mainButton(data);
      case "web_app_setup_closing_behavior": return client.confirmClosing(Boolean(data.need_confirmation));
      case "web_app_open_popup": return client.popup(data).then((button) => this.tell("popup_closed", button ? { button_id: button } : {}));
      case "web_app_open_link": return client.openLink(data.url);
      case "web_app_check_home_screen": return this.tell("home_screen_checked", { status: "unsupported" });
      case "web_app_add_to_home_screen": return this.tell("home_screen_failed", { error: "UNSUPPORTED" });
      case "web_app_trigger_haptic_feedback": return navigator.vibrate?.(8);
      default: return undefined; // colours of bars that this frame has not, and what a browser cannot do
    }
  }

  #tellViewport() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    this.tell("viewport_changed", { width, height, is_expanded: true, is_state_stable: true });
  }
}
