package demo

import (
	"strings"
	"unicode/utf8"
)

// style is how text is painted: a parameter of the ANSI sequence SGR.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

// paint writes styles, or leaves them out.
type paint struct{ color bool }

func (p paint) text(s style, text string) string {
	if !p.color || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// cell is a piece of a line.
type cell struct {
	text  string
	style style
}

// table is rows under titles. The first column begins at the left, the last
// does too and may be longer than a line; the others end at the right.
type table struct {
	titles []string
	rows   [][]cell
	// cut ends the last column at the width, so that a row is a line.
	cut bool
}

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// lines lays the table out. A width of zero or less is endless.
func (t *table) lines(p paint, width int) []string {
	head := make([]cell, len(t.titles))
	for i, title := range t.titles {
		head[i] = cell{title, dim}
	}
	head[0].style = bold
	rows := append([][]cell{head}, t.rows...)
	widths := make([]int, len(t.titles))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	last := len(widths) - 1
	place := t.place(widths, width)
	var lines []string
	for _, row := range rows {
		pieces := place.pieces(row[last].text)
		lines = append(lines, columns(p, row[:last], widths))
		if !place.beneath && len(pieces) > 0 {
			lines[len(lines)-1] += "  " + p.text(row[last].style, pieces[0])
			pieces = pieces[1:]
		}
		for _, piece := range pieces {
			lines = append(lines, strings.Repeat(" ", place.indent)+p.text(row[last].style, piece))
		}
	}
	return lines
}

// columns is a row up to its last column.
func columns(p paint, row []cell, widths []int) string {
	var b strings.Builder
	for i, c := range row {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text))
		if i == 0 {
			b.WriteString(p.text(c.style, c.text) + space)
		} else {
			b.WriteString("  " + space + p.text(c.style, c.text))
		}
	}
	return b.String()
}

// place is where the last column stands.
type place struct {
	// indent is where it begins, and size how many characters a line of it has.
	indent, size int
	beneath, cut bool
}

// place puts the last column beside the others or, if there it would fill three
// lines, beneath them.
func (t *table) place(widths []int, width int) place {
	last := len(widths) - 1
	used := 2 * last
	for _, w := range widths[:last] {
		used += w
	}
	switch {
	case width <= 0:
		return place{indent: used, size: widths[last]}
	case t.cut:
		return place{indent: used, size: width - used, cut: true}
	case widths[last] > 2*(width-used):
		return place{indent: 4, size: width - 4, beneath: true}
	}
	return place{indent: used, size: width - used}
}

func (p place) pieces(text string) []string {
	switch {
	case text == "":
		return nil
	case p.cut:
		return []string{cut(text, p.size)}
	}
	return wrap(text, " ", p.size)
}

// wrap breaks text after separators into lines of a number of characters, and
// within a word where that is longer than a line. Without a separator it breaks
// anywhere.
func wrap(text, separator string, size int) []string {
	size = max(size, 8)
	var lines []string
	for rest := []rune(text); len(rest) > 0; {
		end := min(size, len(rest))
		if end < len(rest) && separator != "" {
			if at := strings.LastIndex(string(rest[:end+1]), separator); at > 0 {
				end = utf8.RuneCountInString(string(rest[:end+1])[:at])
			}
		}
		lines = append(lines, string(rest[:end]))
		rest = []rune(strings.TrimPrefix(string(rest[end:]), separator))
	}
	return lines
}

// cut shortens text to a number of characters.
func cut(text string, size int) string {
	if utf8.RuneCountInString(text) <= size {
		return text
	}
	if size < 1 {
		return ""
	}
	return string([]rune(text)[:size-1]) + "…"
}
