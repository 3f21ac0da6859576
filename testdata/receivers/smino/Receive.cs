// A receiver by smino's article, in the way of its C# sample: a SHA-512, in upper
// case, over the event's id without hyphens, its time, and the secret. The secret is
// in SECRET, the port is the first argument.
//
// The article does not show where a request has the two values; they are read from
// its body as members of an object.
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

static class Receive
{
    static string Hash(string text)
    {
        using (var sha512 = SHA512.Create())
        {
            var sum = sha512.ComputeHash(Encoding.UTF8.GetBytes(text));
            return string.Concat(sum.Select(b => b.ToString("x2"))).ToUpper();
        }
    }

    static string Member(string body, string name)
    {
        var found = Regex.Match(body, "\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"", RegexOptions.IgnoreCase);
        return found.Groups[1].Value;
    }

    static bool Valid(string signature, string body, string secret)
    {
        Guid id;
        if (signature == null || !Guid.TryParse(Member(body, "EventId"), out id))
        {
            return false;
        }
        return signature == Hash(id.ToString("N") + "." + Member(body, "TimeStamp") + "." + secret);
    }

    static void Main(string[] args)
    {
        var secret = Environment.GetEnvironmentVariable("SECRET");
        var listener = new HttpListener();
        listener.Prefixes.Add("http://127.0.0.1:" + args[0] + "/");
        listener.Start();
        Console.WriteLine("started");
        while (true)
        {
            var context = listener.GetContext();
            string body;
            using (var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8))
            {
                body = reader.ReadToEnd();
            }
            var valid = Valid(context.Request.Headers["x-hook-signature"], body, secret);
            context.Response.StatusCode = valid ? 200 : 401;
            context.Response.Close();
        }
    }
}
