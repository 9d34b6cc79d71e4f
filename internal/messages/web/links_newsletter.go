package web

import (
	"net/url"
	"strconv"

	"ajar/internal/messages"
)

// NewslettersPath lists the issues of the newsletter.
const NewslettersPath = "/messages/newsletters"

func issuePath(id messages.IssueID) string { return NewslettersPath + "/" + id.String() }

func issueItemsPath(id messages.IssueID) string { return issuePath(id) + "/items" }

func issueItemPath(x messages.Item) string { return issueItemsPath(x.IssueID) + "/" + x.ID.String() }

func issueItemDropPath(x messages.Item) string { return issueItemPath(x) + "/drop" }

func issueOffersPath(id messages.IssueID) string { return issuePath(id) + "/offers" }

func issuePicturesPath(id messages.IssueID) string { return issuePath(id) + "/pictures" }

func issuePicturePath(issue messages.IssueID, id messages.PictureID) string {
	return issuePicturesPath(issue) + "/" + id.String()
}

func issuePictureDropPath(issue messages.IssueID, id messages.PictureID) string {
	return issuePicturePath(issue, id) + "/drop"
}

func issuePublishPath(id messages.IssueID) string { return issuePath(id) + "/publish" }

func issuePaperPath(id messages.IssueID) string { return issuePath(id) + "/paper" }

func issueMailPath(id messages.IssueID, lang string) string {
	return issuePath(id) + "/mail?in=" + url.QueryEscape(lang)
}

// NewsPath is the address of a published issue, which anybody who has it may open; lang may be empty.
func NewsPath(org int64, id messages.IssueID, lang string) string {
	path := "/news/" + strconv.FormatInt(org, 10) + "/" + id.String()
	if lang != "" {
		path += "?in=" + url.QueryEscape(lang)
	}
	return path
}

func newsPicturePath(org int64, issue messages.IssueID, id messages.PictureID) string {
	return NewsPath(org, issue, "") + "/pictures/" + id.String()
}
