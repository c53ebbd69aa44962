//! Paints the digest's picture: axis, bars, line, legend. In points; a picture has two pixels a point, so that it is
//! sharp on a phone. Pure.

use super::{ChartError, Day, Labels, date};
use crate::typeface::{Typeface, Weight};
use chrono::{Datelike, Weekday};
use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};
use ttf_parser::OutlineBuilder;

pub const WIDTH: u32 = 560;
pub const HEIGHT: u32 = 220;
const SCALE: u32 = 2;

/// The field of the bars.
const LEFT: f32 = 40.0;
const RIGHT: f32 = 554.0;
const TOP: f32 = 42.0;
const BOTTOM: f32 = 190.0;
const LABEL_SIZE: f32 = 13.0;
const LEGEND_SIZE: f32 = 14.0;
const LEGEND_BASELINE: f32 = 19.0;
const LEGEND_GAP: f32 = 22.0;
const SWATCH: f32 = 12.0;
/// Lines across the field above zero, at most.
const STEPS_MAX: u32 = 4;
/// Below this the axis ends at no smaller number, so that one complaint does not fill the picture.
const TOP_MIN: u32 = 4;

type Rgb = (u8, u8, u8);
const PAPER: Rgb = (255, 255, 255);
const WEEKEND: Rgb = (242, 244, 247);
const GRID: Rgb = (218, 223, 230);
const INK: Rgb = (75, 85, 99);
const RECEIVED: Rgb = (0, 90, 160);
const CLOSED: Rgb = (110, 185, 232);
const OVERDUE: Rgb = (213, 94, 0);

/// The picture.
pub fn png(days: &[Day], labels: &Labels) -> Result<Vec<u8>, ChartError> {
    let (width, height) = (WIDTH * SCALE, HEIGHT * SCALE);
    let mut pixels = Pixmap::new(width, height).ok_or(ChartError::Canvas { width, height })?;
    pixels.fill(color(PAPER));
    let (regular, bold) = (Typeface::load(Weight::Regular)?, Typeface::load(Weight::Bold)?);
    let mut canvas = Canvas { pixels, regular, bold };
    let axis = Axis::of(days);
    canvas.weekends(days);
    canvas.grid(&axis);
    canvas.bars(days, &axis);
    canvas.dates(days, labels);
    canvas.line(days, &axis);
    canvas.legend(labels);
    canvas.pixels.encode_png().map_err(|error| ChartError::Png(error.to_string()))
}

/// The numbers at the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    pub step: u32,
    pub top: u32,
}

impl Axis {
    /// Round steps (1, 2 or 5 with zeros), at most [`STEPS_MAX`] of them, that reach the highest number.
    pub fn of(days: &[Day]) -> Self {
        let highest = days.iter().map(|day| day.received.max(day.closed).max(day.overdue)).max().unwrap_or(0);
        let highest = highest.max(TOP_MIN);
        let tens = (0..=9).map(|zeros| 10u32.pow(zeros));
        let steps = tens.flat_map(|ten| [1, 2, 5].map(|digit| u32::saturating_mul(ten, digit)));
        let step = steps.into_iter().find(|step| highest.div_ceil(*step) <= STEPS_MAX).unwrap_or(u32::MAX);
        Self { step, top: highest.div_ceil(step).saturating_mul(step) }
    }

    fn y(self, number: u32) -> f32 {
        BOTTOM - (BOTTOM - TOP) * number as f32 / self.top as f32
    }
}

/// Fits beside the field: `9000`, `15k`, `20M`.
fn short(number: u32) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

/// Where the `index`-th day begins.
fn x(index: usize, days: &[Day]) -> f32 {
    LEFT + (RIGHT - LEFT) * index as f32 / days.len() as f32
}

struct Canvas {
    pixels: Pixmap,
    regular: Typeface,
    bold: Typeface,
}

impl Canvas {
    fn weekends(&mut self, days: &[Day]) {
        for (index, day) in days.iter().enumerate() {
            if matches!(day.date.weekday(), Weekday::Sat | Weekday::Sun) {
                let (left, right) = (x(index, days), x(index + 1, days));
                self.fill(WEEKEND, [left, TOP - 6.0, right, BOTTOM]);
            }
        }
    }

    fn grid(&mut self, axis: &Axis) {
        let numbers =
            (0..=STEPS_MAX).map(|step| step.saturating_mul(axis.step)).take_while(|number| *number <= axis.top);
        for number in numbers {
            let y = axis.y(number);
            let (ink, half) = if number == 0 { (INK, 0.6) } else { (GRID, 0.5) };
            self.fill(ink, [LEFT, y - half, RIGHT, y + half]);
            let label = short(number);
            let left = LEFT - 7.0 - self.regular.width(&label, LABEL_SIZE);
            self.text(Weight::Regular, INK, LABEL_SIZE, left, y + LABEL_SIZE * 0.36, &label);
        }
    }

    /// Received and closed, side by side.
    fn bars(&mut self, days: &[Day], axis: &Axis) {
        for (index, day) in days.iter().enumerate() {
            let (left, right) = (x(index, days), x(index + 1, days));
            let middle = (left + right) / 2.0;
            let bar = (right - left) * 0.38;
            self.fill(RECEIVED, [middle - bar, axis.y(day.received), middle - 0.4, BOTTOM]);
            self.fill(CLOSED, [middle + 0.4, axis.y(day.closed), middle + bar, BOTTOM]);
        }
    }

    /// Overdue: a line on a white edge, so that it is seen before bars too, and a dot for now.
    fn line(&mut self, days: &[Day], axis: &Axis) {
        let mut path = PathBuilder::new();
        let mut end = None;
        for (index, day) in days.iter().enumerate() {
            let (at, y) = ((x(index, days) + x(index + 1, days)) / 2.0, axis.y(day.overdue));
            match end {
                None => path.move_to(at, y),
                Some(_) => path.line_to(at, y),
            }
            end = Some((at, y));
        }
        let Some((at, y)) = end else { return };
        if let Some(path) = path.finish() {
            self.stroke(PAPER, 5.0, &path);
            self.stroke(OVERDUE, 2.6, &path);
        }
        for (ink, radius) in [(PAPER, 6.0), (OVERDUE, 4.6)] {
            if let Some(dot) = PathBuilder::from_circle(at, y, radius) {
                self.shape(ink, &dot);
            }
        }
    }

    /// The date below each Monday, where the week begins.
    fn dates(&mut self, days: &[Day], labels: &Labels) {
        for (index, day) in days.iter().enumerate().filter(|(_, day)| day.date.weekday() == Weekday::Mon) {
            let label = date(day.date, labels.language);
            let middle = (x(index, days) + x(index + 1, days)) / 2.0;
            let width = self.regular.width(&label, LABEL_SIZE);
            let left = (middle - width / 2.0).min(RIGHT - width);
            self.fill(INK, [middle - 0.6, BOTTOM, middle + 0.6, BOTTOM + 5.0]);
            self.text(Weight::Regular, INK, LABEL_SIZE, left, BOTTOM + 20.0, &label);
        }
    }

    fn legend(&mut self, labels: &Labels) {
        let mut left = LEFT;
        let middle = LEGEND_BASELINE - LEGEND_SIZE * 0.36;
        for (ink, label, half) in
            [(RECEIVED, &labels.received, 6.0), (CLOSED, &labels.closed, 6.0), (OVERDUE, &labels.overdue, 1.4)]
        {
            self.fill(ink, [left, middle - half, left + SWATCH, middle + half]);
            left += SWATCH + 6.0;
            self.text(Weight::Bold, INK, LEGEND_SIZE, left, LEGEND_BASELINE, label);
            left += self.bold.width(label, LEGEND_SIZE) + LEGEND_GAP;
        }
    }

    /// A box from left and top to right and bottom; nothing where it has no height.
    fn fill(&mut self, ink: Rgb, [left, top, right, bottom]: [f32; 4]) {
        let area = Rect::from_ltrb(left, top, right, bottom);
        if let Some(area) = area.filter(|area| area.width() > 0.0 && area.height() > 0.0) {
            self.shape(ink, &PathBuilder::from_rect(area));
        }
    }

    fn shape(&mut self, ink: Rgb, path: &Path) {
        self.pixels.fill_path(path, &paint(ink), FillRule::Winding, scaled(), None);
    }

    fn stroke(&mut self, ink: Rgb, width: f32, path: &Path) {
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixels.stroke_path(path, &paint(ink), &stroke, scaled(), None);
    }

    /// Text from `left` on the baseline `y`.
    fn text(&mut self, weight: Weight, ink: Rgb, size: f32, left: f32, y: f32, text: &str) {
        let face = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        let mut pen = Pen { path: PathBuilder::new(), x: left, y, scale: size / face.units_per_em() };
        for shown in text.chars() {
            let glyph = face.glyph(shown);
            face.outline(glyph, &mut pen);
            pen.x += face.advance(glyph) * size;
        }
        if let Some(path) = pen.path.finish() {
            self.shape(ink, &path);
        }
    }
}

fn color((red, green, blue): Rgb) -> Color {
    Color::from_rgba8(red, green, blue, u8::MAX)
}

fn paint(ink: Rgb) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color(ink));
    paint.anti_alias = true;
    paint
}

fn scaled() -> Transform {
    Transform::from_scale(SCALE as f32, SCALE as f32)
}

/// Takes a glyph's outline over, upside down: a font counts upwards, a picture downwards.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
